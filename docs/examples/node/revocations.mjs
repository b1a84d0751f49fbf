// Which sessions have ended, as Latchkey tells: follows GET /revocations, and knows when it no longer knows.
//
// First the whole list, then the live feed behind it. Whenever that breaks or falls silent, the list again, which is also
// what polling amounts to while there is no feed. Nothing is ever forgotten before its tokens have expired.

const longestLine = 64 * 1024;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Revocations {
  #url; #silence; #skew; #etag; #position;
  #ended = new Map(); // sid to the time when its last token expires, in ms
  #heard = -Infinity; // when Latchkey last said something, by a clock that nobody sets
  #doubted = -Infinity; // tokens issued up to then (s) may be of sessions whose end we were not told

  // `silence`: ms for which the last word of Latchkey counts. `skew`: s by which clocks may differ.
  constructor(url, { silence = 30_000, skew = 5 } = {}) {
    this.#url = url;
    this.#silence = silence;
    this.#skew = skew;
  }

  // Whether we know what ended up to `silence` ago. While not, let nobody in.
  get current() { return performance.now() - this.#heard <= this.#silence; }

  // Whether a token with these claims must be refused.
  covers({ sid, iat }) { return this.#ended.has(sid) || iat <= this.#doubted; }

  // Runs for ever.
  async follow() {
    for (;;) {
      try {
        await this.#readList();
        await this.#readFeed();
      } catch (error) {
        console.error(`revocations: ${error.cause?.message ?? error.message}`);
      }
      await pause(100 + Math.random() * 400); // not all services at once
    }
  }

  async #readList() {
    const headers = { accept: 'application/json', ...(this.#etag && { 'if-none-match': this.#etag }) };
    const asked = performance.now();
    const signal = AbortSignal.timeout(Math.ceil(this.#silence / 3));
    const answer = await fetch(this.#url, { headers, signal, redirect: 'error' });
    if (answer.status !== 304) {
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      const list = await answer.json();
      for (const one of list.revoked) this.#add(one);
      if (list.complete === false) this.#doubt();
      this.#position = String(list.version);
      this.#etag = answer.headers.get('etag');
    }
    this.#heard = asked; // what ended since may not be in it
    this.#forget();
  }

  async #readFeed() {
    const abort = new AbortController();
    const silent = () => abort.abort(new Error('the feed is silent'));
    let timer = setTimeout(silent, (this.#silence * 2) / 3);
    try {
      const headers = { accept: 'text/event-stream', 'last-event-id': this.#position };
      const answer = await fetch(this.#url, { headers, signal: abort.signal, redirect: 'error' });
      if (answer.status !== 200) throw new Error(`feed: status ${answer.status}`);
      let event = {}, rest = '';
      for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(timer);
        timer = setTimeout(silent, (this.#silence * 2) / 3);
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        if (rest.length > longestLine) throw new Error('feed: a line without an end');
        for (const line of lines) {
          const [, name, value] = /^([^:]*):? ?(.*?)\r?$/s.exec(line);
          if (name !== '') event[name] = value;
          else if (!line.startsWith(':')) {
            this.#take(event);
            event = {};
          }
        }
        this.#heard = performance.now(); // only now: what was said is in
      }
      throw new Error('feed: ended');
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  #take({ event, id, data }) {
    if (event === 'revoked') this.#add(JSON.parse(data));
    if (event === 'gap') this.#doubt();
    if (id) this.#position = id; // "reset" means that everything follows: what we have stays true
    this.#forget();
  }

  #add({ sid, exp }) {
    if (typeof sid !== 'string' || !Number.isFinite(exp)) throw new Error('not a revocation');
    this.#ended.set(sid, (exp + this.#skew) * 1000);
  }

  // Some ends were not told. Whoever lives on gets a newer token from Latchkey; whoever does not, doesn't.
  #doubt() { this.#doubted = Date.now() / 1000 + this.#skew; }

  #forget() {
    const now = Date.now();
    for (const [sid, until] of this.#ended) if (until < now) this.#ended.delete(sid);
  }
}
