// Writes tricks.txt, and the last column of targets.txt: where a browser's URL parser (WHATWG's, as node has it) would go
// from the login page. The tests hold our own parser against that independent judgement.
//
//   node tests/unit/http/redirects/make_lists.mjs
//
// Lines are "<text>\t<judgement>", "<rd>\t<canonical form>\t<judgement>" for targets; "#" begins a comment. Texts are
// escaped: \\, \t, \n, \r and \xHH. A judgement is the URL's origin, its scheme where it has no origin, or "nowhere".
import {readFileSync, writeFileSync} from 'node:fs';
import {domainToASCII, fileURLToPath} from 'node:url';

const base = 'https://auth.example.com/login';
const inFolder = name => fileURLToPath(new URL(name, import.meta.url));

// Texts are kept as strings with one character for each byte.
const bytes = text => Buffer.from(text, 'utf8').toString('latin1');
const escape = text => [...text].map((c, at) => {
    const code = c.charCodeAt(0);
    const named = {'\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r'}[c];
    return named ?? (code < 0x20 || code > 0x7e || (at === 0 && c === '#') ? '\\x' + code.toString(16).padStart(2, '0') : c);
}).join('');
const unescape = text => text.replace(/\\(x([0-9a-f]{2})|.)/g, (_, c, hex) =>
    hex ? String.fromCharCode(parseInt(hex, 16)) : {t: '\t', n: '\n', r: '\r'}[c] ?? c);

// What a browser makes of a Location field with these bytes: it reads them as UTF-8 where they are.
const judge = text => {
    try {
        const url = new URL(Buffer.from(text, 'latin1').toString('utf8'), base);
        return url.origin === 'null' ? url.protocol : url.origin;
    } catch {
        return 'nowhere';
    }
};

const evil = 'evil.test';
const good = 'app.example.com';
const goodHosts = [good, 'auth.example.com', 'a.apps.example.com'];
const controls = [...Array(0x21).keys(), 0x7f].map(c => String.fromCharCode(c));
const combinations = (letters, length) => length === 0 ? [''] :
    combinations(letters, length - 1).flatMap(rest => [...letters].map(letter => rest + letter));
const everyPosition = (text, inserted) => [...Array(text.length + 1).keys()].map(
    at => text.slice(0, at) + inserted + text.slice(at));
const percent = text => [...Buffer.from(text, 'utf8')].map(b => '%' + b.toString(16)).join('');

const families = {
    'slashes and backslashes before a host (GHSA-qqxw-m5fj-f7gv)':
        [2, 3, 4].flatMap(n => combinations('/\\', n)).map(p => p + evil)
            .concat(`\\${evil}`, `//${good}`, `//${good}:443/`, `//auth.example.com/`, `//${evil}/%2f..`, `//${evil}:443/..;/`,
                    `//[::1]/`, `//a@${evil}`, `//${evil}?${good}`, `//`, `///`, `\\`, `/\\`),
    'what browsers drop, between the slashes (GHSA-j7px-6hwj-hpjg)':
        controls.flatMap(c => [`/${c}/${evil}`, `${c}//${evil}`, `/${c}\\${evil}`])
            .concat(`/\t\t/${evil}`, `/\r\n/${evil}`, `/\n\t/\\${evil}`, `\t/\t/\t${evil}`, `//\t${evil}`, `/a\t/../..//${evil}`),
    'encoded slashes':
        ['%2f', '%2F', '%5c', '%5C', '%252f', '%252F', '%255c', '%25252f', '%2525252F', '%2525255c'].flatMap(
            s => [`/${s}${evil}`, `/${s}${s}${evil}`, `/${s}/${evil}`, `https://auth.example.com/${s}${evil}`])
            .concat(['%00', '%01', '%08', '%09', '%0a', '%0A', '%0d', '%0b', '%0c', '%1f', '%7f', '%0d%0a'].map(
                c => `/${c}/${evil}`)),
    'two slashes on the login server itself': [`https://auth.example.com//${evil}`, `https://auth.example.com///${evil}/`,
        `HTTPS://AUTH.EXAMPLE.COM//${evil}`, `https://auth.example.com:443//${evil}`],
    'dot segments':
        ['.', '..', '%2e', '%2E', '%2e%2e', '.%2e', '%2E.', '..;', '..;x=y', '.;', '%2e%2e%3b', '%252e%252e'].flatMap(
            s => [`/${s}//${evil}`, `/a/${s}/${s}//${evil}`, `https://${good}/${s}/${evil}`]),
    'people before the host':
        [good, `${good}:443`, 'user', 'user:pw', '', ':', ':@', '@', '%40', `${good}%2f`, `${good}%23`, `https:%2f%2f${good}%2f`,
         `${good};`, `a,b`, `a&b=c`, `!`, `$`, `*`, `_`, `~`, `a'b`, `(a)`, `a+b`, `${good}@${good}`].flatMap(
            u => [`https://${u}@${evil}/`, `https://${u}@${good}/`]),
    'a good host inside a bad one (GHSA-4mf2-f3wh-gvf2)':
        goodHosts.flatMap(h => [`https://${h}.${evil}/`, `https://${h}${evil}`, `https://${h}-${evil}/`, `https://x-${h.replace("apps", "app")}/`,
                                `https://${evil}/${h}`, `https://${evil}?${h}`, `https://${evil}#${h}`, `https://${evil}/https://${h}/`,
                                `https://${evil}?https://${h}/`, `https://${evil}:443/${h}`])
            .concat(['https://evilapp.example.com/', 'https://evil-app.example.com', 'https://example.com/', 'https://com/',
                     'https://apps.example.com/', 'https://xapps.example.com/', 'https://evilapps.example.com/',
                     'https://-apps.example.com/', 'https://app_example.com/', 'https://appexample.com/', 'https://app.example.co/',
                     'https://app.example.com.com/', 'https://app.example.org/', 'https://a.apps.example.com.evil.test/',
                     'https://apps.example.com.a.apps.example.co/', 'https://sub.app.example.com/', 'https://sub.auth.example.com/']),
    'signs that end a host for some readers':
        [..."\\;,!$&'()*+=~|^\"<>{}[]`%"].flatMap(c => [`https://${good}${c}.${evil}/`, `https://${evil}${c}.${good}/`]),
    'encoded bytes in a host':
        ['00', '09', '0a', '0d', '20', '23', '25', '2e', '2f', '3a', '3b', '3f', '40', '5b', '5c', '5d', '61', '7f', 'c3%a9', 'ff']
            .flatMap(h => [`https://${good}%${h}.${evil}/`, `https://${good}%${h}@${evil}/`, `https://%${h}pp.example.com/`]),
    'letters and signs that only look alike, as they are':
        ['\uff0f', '\uff3c', '\uff03', '\uff1f', '\uff20', '\uff1a', '\u2044', '\u2215', '\u29f8', '\u2100', '\u2105', '\u2101', '\u2048',
         '\ufe56', '\ufe6b', '\ufe68', '\u3002', '\uff0e', '\uff61', '\u2024', '\u2488', '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u202e']
            .flatMap(c => [bytes(`https://${good}${c}${evil}/`), bytes(`https://${evil}${c}${good}/`)])
            .concat(['\u0430pp.example.com', 'a\u0440\u0440.example.com', 'app.ex\u0430mple.com', 'app.example.c\u043em', 'app.example.co\uff4d',
                     '\uff41\uff50\uff50.example.com', 'app\u3002example\u3002com', '\u24d0pp.example.com', '\ud835\udc1a\ud835\udc29\ud835\udc29.example.com',
                     'app.e\u00d7ample.com', 'app.examp\u217ce.com', 'app.example.\u2102om', '\u00e0pp.example.com', 'app.exampl\u0117.com',
                     'app.exam\u1e57le.com', '\u1d43pp.example.com', 'app.\u212fxample.com', 'a\u00dfp.example.com', 'app.example.com\u00b7', 'app\u00b7example.com']
                .flatMap(h => [bytes(`https://${h}/`), `https://${percent(h)}/`])),
    'the same in punycode':
        ['\u0430pp.example.com', 'app.ex\u0430mple.com', 'app.example.c\u043em', '\u00e0pp.example.com', 'app.exampl\u0117.com',
         'auth.ex\u0430mple.com', 'a.\u0430pps.example.com', '\u0251pp.example.com'].map(h => `https://${domainToASCII(h)}/`)
            .concat(['https://xn--app.example.com/', 'https://xn--.example.com/', 'https://xn--app-.example.com/']),
    'other schemes':
        ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'javascript://app.example.com/%0aalert(1)', 'javascript://app.example.com/%250aalert(1)',
         'javascript:https://app.example.com/', 'java\tscript:alert(1)', 'java\nscript:alert(1)', '\x01javascript:alert(1)', ' javascript:alert(1)',
         'javascript\t:alert(1)', 'javascript&colon;alert(1)', 'javascript%3aalert(1)', 'javascript:/*--></title>*/alert(1)', 'vbscript:msgbox(1)',
         'livescript:x', 'mocha:x', 'data:text/html,<script>alert(1)</script>', 'DATA:text/html;base64,PHNjcmlwdD4=', 'data://app.example.com/,x', 'data:,x',
         'blob:https://app.example.com/x', 'filesystem:https://app.example.com/x', 'file:///etc/passwd', 'file://app.example.com/', 'ftp://app.example.com/',
         'FTP://app.example.com:443/', 'ws://app.example.com/', 'wss://app.example.com/', 'about:blank', 'about:srcdoc', 'mailto:a@app.example.com', 'tel:+1',
         'intent://app.example.com/#Intent;scheme=https;end', 'android-app://x', 'view-source:https://app.example.com/', 'chrome://settings', 'jar:https://app.example.com!/',
         'res://x', 'gopher://app.example.com/', 'ldap://app.example.com/', 'feed:https://app.example.com/', 'x:y', 'https+x://app.example.com/', 'httpss://app.example.com/',
         'shttp://app.example.com/', 'h\u0442tps://app.example.com/', '\u02b0ttps://app.example.com/', '//javascript:alert(1)'].map(bytes),
    'https with other signs around it':
        ['https:', 'https:/', 'https://', 'https:///', 'https:////', 'https:\\', 'https:\\\\', 'https:/\\', 'https:\\/', 'https:/\t/', 'https:\t//', 'http\ts://', 'https\t://',
         'https:// ', 'https://\t', 'https:@', 'https:/@', 'https:.', 'https::', 'https://:', 'https://?', 'https://#', 'https;//', 'https.//', 'https//', '://', ':', 'https:%2f%2f',
         'https%3a//', 'http:', 'http:/', 'http:///', 'HTTP:\\\\'].map(p => p + evil)
            .concat([`https:${good}`, `https:/${good}`, `https:///${good}`, `https:\\\\${good}`, 'https://', 'https:', 'https:/', 'http://', 'https://?', 'https://#', 'https:///', 'https://:443/', 'https://@/']),
    'without TLS': goodHosts.flatMap(h => [`http://${h}/`, `HTTP://${h}`, `http://${h}:443/`, `http://${h}:80/x`]),
    'ports':
        ['0', '1', '80', '444', '8443', '65536', '99999', '443a', 'a443', '+443', '-443', '0x1bb', '4 43', '', '443:443', '443:', ':443', '443@evil.test', '000443', '443.',
         '\uff14\uff14\uff13', '%34%34%33', '443,80', '443;', '4e2', '443\t', '443\\'].map(p => bytes(`https://${good}:${p}/`))
            .concat(['https://port.example.com/', 'https://port.example.com:443/', 'https://port.example.com:8444/', 'https://port.example.com:84430/',
                     'https://auth.example.com:444/', 'https://auth.example.com:8443/', 'https://a.apps.example.com:8443/', 'https://port.example.com:8443.evil.test/']),
    'addresses':
        ['[::1]', '[::ffff:127.0.0.1]', '[0:0:0:0:0:0:0:1]', '[::1%25eth0]', '[v1.a]', '[::1', '::1]', '[]', '[app.example.com]', '[::1]app.example.com', '[::1].app.example.com',
         'app.example.com[::1]', '[fe80::1]', '[::7f00:1]', '127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001', '0', '0.0.0.0', '1.1.1.1',
         '169.254.169.254', '256.256.256.256', '1.2.3', '\u2460\u2461\u2466.0.0.1', '[::1]:443', '[::ffff:7f00:1]'].map(h => bytes(`https://${h}/`)),
    'dots':
        ['app.example.com.', 'app.example.com..', '.app.example.com', '..app.example.com', 'app..example.com', 'app.example..com', 'auth.example.com.', 'a.apps.example.com.', '.apps.example.com',
         '..apps.example.com', 'a..apps.example.com', '.', '..', 'com.', '.evil.test'].map(h => `https://${h}/`),
    'fragments and queries':
        ['/#//evil.test', '/a#b', '#', '#//evil.test', '?', '?//evil.test', '?rd=https://evil.test', '#https://evil.test', 'https://app.example.com#@evil.test', 'https://app.example.com/#', 'https://app.example.com#.evil.test',
         'https://evil.test#@app.example.com/', 'https://evil.test?@app.example.com/', 'https://app.example.com?#@evil.test'],
    'neither a path nor a URL':
        ['evil.test', 'www.evil.test', 'app.example.com', 'app.example.com/', 'account', './account', '../account', '.', '..', './/evil.test', '..//evil.test', ';//evil.test', '@evil.test', ':443/', '%2f%2fevil.test', '%2f/evil.test',
         '%5c%5cevil.test', 'a//evil.test', '&', '=', '*', '~', 'null', 'undefined', 'true', '0', '-', '|', '"', "'", '<', '{}', '[]', '%', '%%', '%zz', '%e0%a4%a', '(none)', '$url', '${url}', '{{url}}'],
    'white space around good ones':
        [' ', '\t', '\n', '\r', '\x0b', '\x0c', '\x00', '\u00a0', '\u2028', '\u3000', '\ufeff', '\u0085'].flatMap(
            c => [bytes(`${c}https://${good}/`), bytes(`https://${good}/${c}`), bytes(`${c}/account`), bytes(`/account${c}`)]),
    'lines of a header':
        ['/a\r\nSet-Cookie: x=y', '/a\nSet-Cookie: x=y', '/a\rSet-Cookie: x=y', '/a%0d%0aSet-Cookie:x=y', '/a%0aSet-Cookie:x=y', '/%0d%0a%0d%0a<script>', '/a%250d%250aX:y',
         'https://app.example.com/\r\nLocation: https://evil.test', 'https://app.example.com/%0d%0aLocation:%20https://evil.test', 'https://app.example.com\r\n.evil.test/', '/\u560d\u560aSet-Cookie:x=y'].map(bytes),
    'bytes that are no text':
        ['/\xff', '/\xc0\xafevil.test', '/\xc0\xaf\xc0\xafevil.test', '/%ff', '/%c0%af%c0%afevil.test', '/%c0%afevil.test', '/%e0%80%afevil.test', '/%f0%80%80%afevil.test', '/%ed%a0%80', '/%c0%ae%c0%ae//evil.test', '/\xe2\x80\xa8/evil.test', '/%', '/%2', '/%zz', '/%2g',
         '/%u002fevil.test', '/%u2215evil.test'],
    'a backslash anywhere': everyPosition('https://app.example.com/x', '\\'),
    'a tab anywhere': everyPosition('https://app.example.com/x', '\t'),
    'a person anywhere': everyPosition('https://app.example.com', '@').slice(9),
};

const seen = new Set();
const lines = ['# Written by make_lists.mjs. Each of these must end at the default page. On the right: where a browser would go.'];
for (const [name, tricks] of Object.entries(families)) {
    lines.push('', `# ${name}`);
    for (const trick of tricks)
        if (!seen.has(trick) && seen.add(trick))
            lines.push(`${escape(trick)}\t${judge(trick)}`);
}
writeFileSync(inFolder('tricks.txt'), lines.join('\n') + '\n');

const targets = readFileSync(inFolder('targets.txt'), 'utf8').split('\n').map(line => {
    if (line === '' || line.startsWith('#'))
        return line;
    const [rd, canonical] = line.split('\t');
    const there = text => new URL(unescape(text), base).href;
    return [rd, canonical, there(rd) === there(canonical) ? new URL(unescape(rd), base).origin : 'elsewhere'].join('\t');
});
writeFileSync(inFolder('targets.txt'), targets.join('\n'));
console.log(`${seen.size} tricks, ${targets.filter(line => line.includes('\t')).length} targets`);
