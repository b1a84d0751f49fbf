"""The way of a person through Latchkey in Chromium, behind real proxies with TLS.

Run by ctest; by hand: PROGRAM_UNDER_TEST=build/release/latchkey /usr/bin/python3 tests/browser/walk_test.py -v
"""

import os
import unittest

import accessibility
from chromium import Browser
from servers import HOST, ORIGIN, Application, Caddy, Certificate, Directory, Latchkey, Nginx, eventually, free_port

ADA, ADAS_PASSWORD = "ada@example.com", "tr0mbone-under-glass"
BOB, BOBS_PASSWORD = "bob@example.com", "nine-lives-of-a-Kettle"
USERS = {
    ADA: (ADAS_PASSWORD, "Ada Lovelace", "analysts,staff"),
    BOB: (BOBS_PASSWORD, "", ",".join(f"group-{n:02}-of-many" for n in range(64))),
}
COOKIE = "__Host-session"


class Site(unittest.TestCase):
    """One Latchkey, one application, one proxy for all tests of a class; a fresh browser for each."""

    proxy = None
    config = {}

    @classmethod
    def setUpClass(cls):
        enter = cls.enterClassContext
        cls.port = free_port()
        cls.origin = ORIGIN
        cls.certificate = Certificate(enter(Directory()))
        cls.app = enter(Application())
        cls.latchkey = enter(Latchkey(os.environ["PROGRAM_UNDER_TEST"], ORIGIN, USERS, cls.config))
        cls.front = enter(cls.proxy(cls.port, cls.certificate, cls.latchkey.port, cls.app.port))

    def browser(self, **kind):
        return self.enterContext(Browser(self.port, self.certificate.fingerprint, **kind))

    def setUp(self):
        for email in USERS:
            self.latchkey.command("session", "revoke", "--user", email)
        self.app.seen.clear()

    def tearDown(self):
        self.assertEqual(self.latchkey.process.child.poll(), None, "latchkey still runs")

    def guarded(self, path="/reports/2026?a=b&c=%20d"):
        return self.origin + path

    def sign_in(self, browser, email=ADA, password=ADAS_PASSWORD, remember=False):
        browser.type("#email", email)
        browser.type("#password", password)
        if remember:
            browser.one("#remember").click()
        browser.click("main button")

    def signed_in(self, email=ADA, password=ADAS_PASSWORD, **kind):
        browser = self.browser(**kind)
        browser.open(self.guarded("/"))
        self.sign_in(browser, email, password)
        self.assertEqual(browser.text("#user"), email)
        return browser

    def change_password(self, browser, current, new, again):
        browser.type("#current", current)
        browser.type("#new", new)
        browser.type("#repeat", again)
        browser.click("main form.narrow button")

    def assert_page(self, browser, title):
        self.assertIn(title, browser.title)
        self.assertEqual(accessibility.faults(browser), [])
        self.assertEqual(browser.complaints(), [], "B1")

    def assert_at_login(self, browser):
        self.assertTrue(browser.url.startswith(self.origin + "/login"), browser.url)
        self.assertEqual(len(browser.all("#password")), 1)
        self.assertEqual(browser.all("#app"), [], "nothing of the application")


class Walk:
    """For each proxy."""

    def test_the_whole_way(self):
        browser = self.browser()
        # A guarded page → login → back at the page.
        browser.open(self.guarded())
        self.assert_at_login(browser)
        self.assertEqual(self.app.seen, [], "nobody is in yet")
        self.assert_page(browser, "Sign in")
        self.assertEqual(browser.cookies(), {}, "V6")
        self.sign_in(browser)
        self.assertEqual(browser.url, self.guarded())
        self.assertEqual(browser.text("#user"), ADA)
        self.assertEqual(browser.text("#cookie"), "", "the application never sees the cookie")
        cookie = browser.cookies()[COOKIE]
        self.assertTrue(cookie["secure"] and cookie["httpOnly"])
        self.assertEqual((cookie["path"], cookie["sameSite"], cookie["domain"]), ("/", "Lax", HOST))
        self.assertNotIn("expiry", cookie)

        # Account: end the other session.
        other = self.signed_in()
        browser.open(self.origin + "/account")
        self.assert_page(browser, "Your account")
        for text in ("Ada Lovelace", ADA, "analysts", "Chrome on Linux", "127.0.0.1", "just now"):
            self.assertIn(text, browser.text("main"))
        self.assertEqual(len(browser.all(".sessions > li")), 2)
        self.assertIn("This device", browser.text(".sessions > li.current"))
        browser.click(".sessions button")
        self.assertEqual(browser.text("[role=status]"), "The session has ended.")
        self.assert_page(browser, "Your account")
        self.assertEqual(len(browser.all(".sessions > li")), 1)
        other.open(self.guarded("/"))
        self.assert_at_login(other)
        self.assertIn("Your session has ended", other.text("[role=status]"))

        # Change the password: the other device is out, this one goes on with another cookie.
        self.sign_in(other)
        before = browser.cookies()[COOKIE]["value"]
        changed = "a-Different-word-entirely"
        self.change_password(browser, ADAS_PASSWORD, changed, changed)
        self.assertIn("Your password has been changed", browser.text("[role=status]"))
        self.assertNotEqual(browser.cookies()[COOKIE]["value"], before)
        other.open(self.guarded("/"))
        self.assert_at_login(other)
        self.sign_in(other)
        self.assertEqual(other.text("[role=alert]"), "Invalid email or password.")
        self.sign_in(other, password=changed)
        self.assertEqual(other.text("#user"), ADA)
        browser.open(self.guarded("/"))
        self.assertEqual(browser.text("#user"), ADA)
        browser.open(self.origin + "/account")
        self.change_password(browser, changed, ADAS_PASSWORD, ADAS_PASSWORD)

        # End all others at once, and stay.
        other.open(self.guarded("/"))
        self.sign_in(other)
        browser.open(self.origin + "/account")
        self.assertEqual(len(browser.all(".sessions > li")), 2)
        browser.click("form[action='/account/sessions/end-others'] button")
        self.assertEqual(browser.text("[role=status]"), "All your other sessions have ended.")
        self.assert_page(browser, "Your account")
        self.assertEqual(len(browser.all(".sessions > li")), 1)
        self.assertEqual(browser.all("form[action='/account/sessions/end-others']"), [], "there is nothing left to end")
        other.open(self.guarded("/"))
        self.assert_at_login(other)

        # Sign out.
        browser.click("header button")
        self.assert_at_login(browser)
        self.assertEqual(browser.text("[role=status]"), "You have signed out.")
        self.assert_page(browser, "Sign in")
        self.assertNotIn(COOKIE, browser.cookies())
        seen = len(self.app.seen)
        browser.open(self.guarded())
        self.assert_at_login(browser)
        self.assertEqual(len(self.app.seen), seen)

    def test_a_wrong_password_keeps_everything_else(self):
        browser = self.browser()
        browser.open(self.guarded())
        for attempt in range(2):
            self.sign_in(browser, password="wrong", remember=attempt == 0)
            self.assertEqual(browser.text("[role=alert]"), "Invalid email or password.")
            self.assert_page(browser, "Error: Sign in")
            self.assertEqual(browser.one("#email").get_attribute("value"), ADA)
            self.assertEqual(browser.one("#password").get_attribute("value"), "")
            self.assertTrue(browser.one("#remember").is_selected())
            self.assertEqual(browser.driver.switch_to.active_element.get_attribute("id"), "password")
        self.assertEqual(browser.cookies(), {})
        self.sign_in(browser)
        self.assertEqual(browser.url, self.guarded(), "the way back has survived")
        self.assertIn("expiry", browser.cookies()[COOKIE], "kept signed in")

    def test_after_signing_out_the_back_button_shows_nothing(self):  # B4
        browser = self.signed_in()
        browser.open(self.origin + "/account")
        browser.click("header button")
        self.assert_at_login(browser)
        seen = len(self.app.seen)
        browser.back()  # the account
        self.assertNotIn(ADA, browser.driver.page_source)
        self.assert_at_login(browser)
        browser.back()  # the application's page, which says nothing of how long it may be kept
        self.assert_at_login(browser)
        self.assertNotIn(ADA, browser.driver.page_source)
        self.assertEqual(len(self.app.seen), seen)

    def test_a_session_that_is_revoked_in_mid_use(self):
        browser = self.signed_in()
        browser.open(self.origin + "/account")
        self.latchkey.command("session", "revoke", "--user", ADA)
        # In the middle of a form: to the login page, and on to the account afterwards.
        self.change_password(browser, ADAS_PASSWORD, "x" * 20, "x" * 20)
        self.assert_at_login(browser)
        self.assertIn("Your session has ended", browser.text("[role=status]"))
        self.sign_in(browser)
        self.assertEqual(browser.url, self.origin + "/account")

    def test_two_people_in_two_browsers(self):
        ada, bob = self.signed_in(), self.signed_in(BOB, BOBS_PASSWORD)
        for browser, email, another in ((ada, ADA, BOB), (bob, BOB, ADA)):
            browser.open(self.guarded("/"))
            self.assertEqual(browser.text("#user"), email)
            browser.open(self.origin + "/account")
            self.assertIn(email, browser.text("main"))
            self.assertNotIn(another, browser.driver.page_source)
            self.assertEqual(len(browser.all(".sessions > li")), 1)
        ada.click("header button")
        bob.open(self.guarded("/"))
        self.assertEqual(bob.text("#user"), BOB)

    def test_without_javascript(self):
        browser = self.browser(script=False)
        browser.open("data:text/html,<title>off</title><script>document.title='on'</script>")
        self.assertEqual(browser.title, "off")
        browser.open(self.guarded())
        self.sign_in(browser, password="wrong")
        self.assertEqual(browser.text("[role=alert]"), "Invalid email or password.")
        self.sign_in(browser)
        self.assertEqual(browser.url, self.guarded())
        browser.open(self.origin + "/account")
        self.change_password(browser, ADAS_PASSWORD, "this-one", "that-one")
        self.assertEqual(browser.text("#repeat-fault"), "The two new passwords are not the same.")
        browser.click("header button")
        self.assert_at_login(browser)


class Pages(Site):
    """What doesn't depend on the proxy."""

    proxy = Nginx

    def test_every_page_is_accessible_at_every_size_and_in_the_dark(self):  # B6
        titles = {"en": "Sign in", "de": "Anmelden", "es": "Iniciar sesión"}
        kinds = ({"phone": True, "size": (320, 640)}, {"phone": True, "size": (390, 844), "dark": True}, {"dark": True})
        for kind, (language, title) in zip(kinds, titles.items()):
            with self.subTest(**kind, language=language):
                browser = self.browser(language=language, **kind)
                browser.open(self.guarded())
                self.assertEqual(browser.one("html").get_attribute("lang"), language)
                self.assert_page(browser, title)
                self.sign_in(browser, BOB, "wrong")
                self.assert_page(browser, title)
                self.sign_in(browser, BOB, BOBS_PASSWORD)
                self.signed_in(BOB, BOBS_PASSWORD)
                for spoken in titles:  # the longest words differ
                    browser.speak(spoken)
                    browser.open(self.origin + "/account")
                    self.assertEqual(browser.one("html").get_attribute("lang"), spoken)
                    self.assertEqual(len(browser.all(".tags > li")), 64)
                    self.assertEqual(accessibility.faults(browser), [])
                    self.change_password(browser, BOBS_PASSWORD, "short", "short")
                    self.assertEqual(len(browser.all("#new-fault")), 1)
                    self.assertEqual(accessibility.faults(browser), [])
                    browser.open(self.origin + "/account/nothing")
                    self.assertEqual(accessibility.faults(browser), [])
                    self.assertIn("404", browser.text("main"))
                self.latchkey.command("session", "revoke", "--user", BOB)

    def test_the_checks_find_what_they_look_for(self):
        browser = self.browser()
        browser.open(self.origin + "/login")
        for damage, told in (
            ("document.documentElement.lang = ''", "no language"),
            ("document.querySelector('label').remove()", "no label"),
            ("document.querySelector('h1').id = 'email'", "id twice"),
            ("document.querySelector('h1').style.color = '#999'", "contrast"),
            ("document.querySelector('footer').style.width = '3000px'", "wider than the screen"),
            ("document.querySelector('button').textContent = ''", "no name"),
            ("document.querySelector('img').src = '/login/none.svg'", "the picture is not there"),
            ("document.querySelector('img').removeAttribute('alt')", "no alternative text"),
        ):
            browser.driver.execute_script(damage)
            eventually(lambda: told in str(accessibility.faults(browser)), told)
        browser.complaints()
        browser.driver.execute_script("document.body.append(Object.assign(document.createElement('style'), {textContent: 'x{}'}))")
        eventually(browser.complaints, "the policy forbids a style in the page")

    def test_the_keyboard_is_enough(self):
        from selenium.webdriver.common.keys import Keys

        browser = self.browser()
        browser.open(self.guarded())
        self.assertEqual(browser.driver.switch_to.active_element.get_attribute("id"), "email")
        self.assertEqual(accessibility.tab_order(browser), ["email", "password", "remember", "Sign in"])
        browser.open(self.guarded())
        before = browser.one("html")
        browser.one("#email").send_keys(ADA, Keys.TAB)
        browser.driver.switch_to.active_element.send_keys(ADAS_PASSWORD, Keys.ENTER)
        browser.leave(before)
        self.assertEqual(browser.url, self.guarded())
        self.signed_in()
        browser.open(self.origin + "/account")
        self.assertEqual(
            accessibility.tab_order(browser),
            ["Sign out", "end-2", "End all other sessions", "current", "new", "repeat", "Change password"],
        )


class ThroughNginx(Walk, Site):
    proxy = Nginx


class ThroughCaddy(Walk, Site):
    proxy = Caddy


class Expiry(Site):
    """A session that ends by itself while somebody is at work."""

    proxy = Nginx
    config = {"session.idle_timeout": '"3s"'}

    def test_an_expired_session_in_mid_use(self):
        browser = self.signed_in()
        eventually(lambda: not self.latchkey.sessions(ADA), "the session is idle for long enough")
        browser.open(self.guarded("/later?x=1"))
        self.assert_at_login(browser)
        self.assertIn("Your session has ended", browser.text("[role=status]"))
        self.sign_in(browser)
        self.assertEqual(browser.url, self.guarded("/later?x=1"))


if __name__ == "__main__":
    unittest.main()
