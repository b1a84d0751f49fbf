"""Chromium without a screen, driven by its own driver; each Browser has a profile of its own, like another device."""

import os

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from servers import HOST, Directory, eventually


class Browser:
    """`port`: where HOST is. `fingerprint`: of the one certificate that it trusts without knowing its issuer."""

    def __init__(self, port, fingerprint, script=True, language="en", dark=False, size=(1280, 800), phone=False):
        self.directory = Directory()
        self.port, self.fingerprint, self.script, self.language = port, fingerprint, script, language
        self.dark, self.size, self.phone = dark, size, phone

    def __enter__(self):
        profile = self.directory.__enter__()
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for switch in (
            "--headless=new", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={profile}/profile", f"--window-size={self.size[0]},{self.size[1]}",
            f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{self.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            f"--accept-lang={self.language}", f"--ignore-certificate-errors-spki-list={self.fingerprint}",
        ):
            options.add_argument(switch)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        preferences = {"credentials_enable_service": False, "intl.accept_languages": self.language}
        if not self.script:
            preferences["profile.managed_default_content_settings.javascript"] = 2
        options.add_experimental_option("prefs", preferences)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(
            options=options, service=Service("/usr/bin/chromedriver", log_path=str(profile / "driver.log"))
        )
        if self.dark or self.phone:
            features = [{"name": "prefers-color-scheme", "value": "dark" if self.dark else "light"}]
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.resize(*self.size)
        return self

    def __exit__(self, *_):
        try:
            self.driver.quit()
        finally:
            self.directory.__exit__()

    def resize(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": self.phone})

    def speak(self, language):
        """From now on, in place of its own language."""
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": language}})

    def open(self, url):
        self.driver.get(url)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} of {selector} in:\n{self.driver.page_source}"
        return found[0]

    def text(self, selector):
        return self.one(selector).text

    def type(self, selector, text):
        field = self.one(selector)
        field.clear()
        field.send_keys(text)

    def click(self, selector):
        """Clicks what leads to another page and waits until that is there."""
        before = self.one("html")
        self.one(selector).click()
        self.leave(before)

    def back(self):
        before = self.one("html")
        self.driver.back()
        self.leave(before)

    def leave(self, before):
        def gone():
            try:
                before.is_enabled()
                return False
            except StaleElementReferenceException:
                return True
            except Exception as e:  # the driver's word for a page that has been replaced differs between versions
                return "not belong to the document" in str(e) or "no such" in str(e)

        eventually(gone, "another page")
        # Without script in the page the driver still has its own.
        eventually(lambda: self.driver.execute_script("return document.readyState") == "complete", "the page is loaded")

    @property
    def url(self):
        return self.driver.current_url

    @property
    def title(self):
        return self.driver.title

    def cookies(self):
        return {c["name"]: c for c in self.driver.get_cookies()}

    def complaints(self):
        """What the console complains of, such as a violation of the Content-Security-Policy; refused statuses apart."""
        return [e["message"] for e in self.driver.get_log("browser")
                if e["level"] != "INFO" and "Failed to load resource" not in e["message"]]
