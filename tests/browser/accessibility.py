"""What can be checked of a page's accessibility without judgement: names, structure, contrast, size, overflow.

Runs in the page through the driver, so it sees what is really laid out. Returns sentences; none means all is well.
"""

CHECKS = r"""
const faults = [];
const say = (what, element) => faults.push(what + (element ? ": " + element.outerHTML.slice(0, 160) : ""));
const all = selector => [...document.querySelectorAll(selector)];
const visible = e => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});

// Structure.
if (!/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(document.documentElement.lang)) say("no language");
if (!document.title.trim()) say("no title");
if (all("h1").length !== 1) say(all("h1").length + " of h1");
if (all("main").length !== 1) say(all("main").length + " of main");
let level = 0;
for (const h of all("h1, h2, h3, h4, h5, h6")) {
  const n = Number(h.tagName[1]);
  if (n > level + 1) say("a heading level is left out", h);
  if (!h.textContent.trim()) say("an empty heading", h);
  level = n;
}
const ids = all("[id]").map(e => e.id);
for (const id of new Set(ids)) if (ids.filter(x => x === id).length > 1) say("id twice: " + id);
for (const e of all("[aria-describedby], [aria-labelledby]"))
  for (const id of ((e.getAttribute("aria-describedby") || "") + " " + (e.getAttribute("aria-labelledby") || "")).split(/\s+/))
    if (id && !document.getElementById(id)) say("refers to nothing: " + id, e);
for (const e of document.body.children)
  if (!["MAIN", "HEADER", "FOOTER", "NAV", "ASIDE"].includes(e.tagName)) say("outside of all landmarks", e);
const inline = all("[style], script, style");
for (const e of inline) say("something inline", e);

// Names.
const named = e => e.getAttribute("aria-label") || e.textContent.trim() ||
  (e.getAttribute("aria-labelledby") || "").split(/\s+/).some(id => document.getElementById(id)?.textContent.trim());
for (const e of all("input, select, textarea"))
  if (visible(e) && e.type !== "hidden" && ![...(e.labels || [])].some(l => l.textContent.trim())) say("no label", e);
for (const e of all("button, a")) if (!named(e)) say("no name", e);
const buttons = all("button").filter(visible).map(e => (e.getAttribute("aria-labelledby") || "").split(/\s+/)
  .map(id => document.getElementById(id)?.textContent.trim()).join(" ").trim() || e.textContent.trim());
for (const name of new Set(buttons.filter((n, i) => buttons.indexOf(n) !== i))) say("two buttons called " + name);
for (const e of all("img")) if (!e.hasAttribute("alt")) say("no alternative text", e);
for (const e of all("img")) if (!e.complete || !e.naturalWidth) say("the picture is not there", e);
for (const e of all("input[type=password], input[name=email]")) if (!e.autocomplete) say("no autocomplete", e);
for (const e of all("[tabindex]")) if (e.tabIndex > 0) say("an order of its own", e);
for (const e of all("[aria-invalid=true]")) if (!e.getAttribute("aria-describedby")) say("invalid, for no told reason", e);

// Contrast of every piece of text with what is behind it (WCAG 1.4.3).
const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return {rgb: m.slice(0, 3), a: m.length > 3 ? m[3] : 1}; };
const light = rgb => { const [r, g, b] = rgb.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a === 1) return c.rgb; }
  return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255]; };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || !visible(e)) continue;
  const x = light(parse(getComputedStyle(e).color).rgb) + 0.05, y = light(behind(e)) + 0.05;
  const ratio = Math.max(x, y) / Math.min(x, y);
  if (ratio < 4.5) say("contrast " + ratio.toFixed(2), e);
}

// Room: nothing wider than the screen (WCAG 1.4.10), targets that fingers hit (2.5.8).
if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
  say("wider than the screen: " + document.documentElement.scrollWidth + " of " + document.documentElement.clientWidth);
for (const e of all("button, a, input:not([type=hidden]):not([type=checkbox]), label.choice")) {
  if (!visible(e)) continue;
  const box = e.getBoundingClientRect();
  if (box.width < 24 || box.height < 24) say("too small to hit: " + box.width + " by " + box.height, e);
  if (box.left < 0 || box.right > document.documentElement.clientWidth) say("beyond the edge", e);
}
return faults;
"""


def faults(browser):
    return browser.driver.execute_script(CHECKS)


def tab_order(browser):
    """The names or ids of what the Tab key visits, from the top, once round."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    # From the start of the document, whatever had the focus.
    browser.driver.execute_script("document.activeElement.blur(); getSelection().removeAllRanges(); "
                                  "document.body.tabIndex = -1; document.body.focus();")
    seen = []
    for _ in range(60):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        name, ring = browser.driver.execute_script(
            "const e = document.activeElement; return [e.tagName === 'BODY' ? '' : e.id || e.textContent.trim(),"
            " getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2];")
        if not name or (seen and name == seen[0]):
            break
        assert ring, f"no focus ring on {name}"
        seen.append(name)
    return seen
