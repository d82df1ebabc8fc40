// Whether a connection still lives: asks by itself when nothing comes, says so when nothing
// answers, and at last gives the connection up. Only time in which this program ran counts: after a
// sleep, a long computation or a hidden page, messages sent meanwhile still wait in the sockets.

/** Nothing came for so long: the client asks. */
const askAfterMs = 3_000;
/** An answer takes no longer, else it is quiet. */
const answerWithinMs = 2_000;
/** While quiet: not more often than this. */
const askAgainMs = 5_000;
/** Where asking says nothing: the server's heartbeat comes each 15 s. */
const heartbeatWithinMs = 20_000;
/** A timer that fires so late means that this program did not run. */
const lateMs = 1_000;
/** A message just before a wake makes a question needless. */
const freshMs = 500;

/**
 * @typedef {boolean | 'held_back' | 'later'} Answer whether there was one; held_back: the
 * connection brings nothing; later: nothing was asked, and there is no reason for doubt
 */

/**
 * @typedef {object} Judge
 * @property {number} openWithinMs up to the snapshot
 * @property {number} silenceMs without a message
 * @property {(signal: AbortSignal) => Promise<Answer> | undefined} [ask] sends a question. A
 * promise: the answer is no message of the connection's
 * @property {(isQuiet: boolean) => void} onQuiet
 * @property {() => void} onAnswer beside the connection
 * @property {() => void} onHeldBack to be given up: it brings nothing of what there is
 * @property {() => void} onSilent to be given up
 */

export class Pulse {
  /** Answers that came beside the connection: the server lives, and the way to it. */
  answers = 0;
  isQuiet = false;

  #judge;
  #now = () => performance.now();
  #isOpened = false;
  #heardAt;
  /** The last sign of life: a message, or an answer beside the connection. */
  #signAt;
  /** @type {number | undefined} the question that no sign of life came after */
  #askedAt;
  /** @type {number | undefined} when it is given up although its silence is short */
  #giveUpAt;
  /** @type {AbortController | undefined} of the question under way */
  #question;
  /**
   * Questions in a row that were not answered although a message came: a browser has no free
   * connection for them.
   */
  #overtaken = 0;
  #lastAskAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #dueAt = 0;
  #wasLate = false;
  #isEnded = false;

  /** @param {Judge} judge */
  constructor(judge) {
    this.#judge = judge;
    this.#heardAt = this.#signAt = this.#now();
    this.#arm();
  }

  /** A message came. Called for each: it must stay cheap. */
  heard() {
    this.#heardAt = this.#signAt = this.#now();
    if (this.#askedAt !== undefined || this.isQuiet) this.#settleQuestion();
  }

  /** The connection asked by itself, and its next message is the answer (polling). */
  asked() {
    this.#askedAt ??= this.#lastAskAt = this.#now();
    if (this.#isOpened) this.#arm();
  }

  /** The first snapshot came. */
  opened() {
    this.#isOpened = true;
    this.#arm();
  }

  /**
   * The page is seen again, or the network is back: a silent connection is asked at once.
   * @param {number} giveUpWithinMs
   */
  wake(giveUpWithinMs) {
    const now = this.#now();
    if (!this.#isOpened || this.#isBlind || now - this.#signAt < freshMs) return;
    this.#giveUpAt = now + giveUpWithinMs;
    this.#ask(now);
    this.#arm();
  }

  /** Asks although there was a sign of life a moment ago. */
  doubt() {
    if (!this.#isOpened) return;
    this.#ask(this.#now());
    this.#arm();
  }

  end() {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#question?.abort();
  }

  #settleQuestion() {
    const waitedMs = this.#signAt - (this.#askedAt ?? this.#signAt);
    if (this.#question !== undefined && waitedMs > answerWithinMs) this.#overtaken += 1;
    this.#askedAt = undefined;
    this.#giveUpAt = undefined;
    this.#setQuiet(false);
  }

  /** @param {number} now */
  #ask(now) {
    this.#askedAt ??= now;
    this.#lastAskAt = now;
    if (this.#isBlind) return;
    this.#question?.abort();
    const question = new AbortController();
    const answer = this.#judge.ask?.(question.signal);
    this.#question = answer && question;
    void answer?.then((isAnswered) => {
      if (this.#isEnded || question.signal.aborted || !isAnswered) return;
      if (isAnswered === 'held_back') {
        this.#judge.onHeldBack();
        return;
      }
      if (isAnswered === 'later') {
        this.#askedAt = undefined;
        this.#question = undefined;
        return;
      }
      this.answers += 1;
      this.#overtaken = 0;
      this.#question = undefined;
      this.#signAt = this.#now();
      this.#settleQuestion();
      this.#judge.onAnswer();
    });
  }

  #check() {
    const now = this.#now();
    const lateBy = now - this.#dueAt;
    const isLate = lateBy > lateMs;
    // Once: it did not run. Twice in a row: its timers are held back, and an answer would have
    // been heard all the same.
    const isAsked = !this.#isOpened || this.#askedAt !== undefined;
    if (isLate && !(this.#wasLate && isAsked)) this.#forgive(now, lateBy);
    this.#wasLate = isLate;
    if (this.#isOver(now)) {
      this.#judge.onSilent();
      return;
    }
    if (this.#isOpened) this.#look(now);
    this.#arm();
  }

  /** @param {number} now @param {number} ms in which nobody listened */
  #forgive(now, ms) {
    // A question that is due now gets the time of one more answer: to read the messages that wait
    // in the socket.
    const later = (/** @type {number} */ at, /** @type {number} */ allowedMs) =>
      Math.min(now, Math.max(at + ms, now + answerWithinMs - allowedMs));
    this.#heardAt = later(this.#heardAt, this.#allowedMs);
    this.#signAt = later(this.#signAt, heartbeatWithinMs);
    if (this.#giveUpAt !== undefined) this.#giveUpAt = now + answerWithinMs;
    if (this.#askedAt === undefined && ms <= askAfterMs) return;
    this.#askedAt = undefined;
    if (this.#isOpened) this.#ask(now);
  }

  get #isBlind() {
    return this.#overtaken > 1;
  }

  /** @param {number} now */
  #isOver(now) {
    return now >= Math.min(this.#heardAt + this.#allowedMs, this.#giveUpAt ?? Infinity);
  }

  /** @param {number} now */
  #look(now) {
    if (now >= this.#quietAt) this.#setQuiet(true);
    if (now >= this.#askAt) this.#ask(now);
  }

  get #allowedMs() {
    const { silenceMs, openWithinMs } = this.#judge;
    return this.#isOpened ? silenceMs : Math.min(silenceMs, openWithinMs);
  }

  get #quietAt() {
    if (this.isQuiet || !this.#isOpened) return Infinity;
    if (this.#isBlind) return this.#signAt + heartbeatWithinMs;
    return this.#askedAt === undefined ? Infinity : this.#askedAt + answerWithinMs;
  }

  get #askAt() {
    if (!this.#isOpened || this.#isBlind) return Infinity;
    return Math.max(
      this.#signAt + askAfterMs,
      this.#lastAskAt + (this.#askedAt === undefined ? askAfterMs : askAgainMs),
    );
  }

  /** One timer, set again only when it is due: nothing of it is paid per message. */
  #arm() {
    if (this.#isEnded) return;
    clearTimeout(this.#timer);
    const now = this.#now();
    this.#dueAt = Math.max(
      now,
      Math.min(
        this.#heardAt + this.#allowedMs,
        this.#giveUpAt ?? Infinity,
        this.#quietAt,
        this.#askAt,
      ),
    );
    // The longest time that setTimeout can take.
    this.#timer = setTimeout(
      () => this.#check(),
      Math.min(Math.ceil(this.#dueAt - now), 2 ** 31 - 1),
    );
  }

  /** @param {boolean} isQuiet */
  #setQuiet(isQuiet) {
    if (this.isQuiet === isQuiet) return;
    this.isQuiet = isQuiet;
    this.#judge.onQuiet(isQuiet);
  }
}
