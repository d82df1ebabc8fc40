// Tickers that the server did not accept into a session: they are placed elsewhere, in smaller
// parts, without the bad ones, or the page says that they are refused.

/**
 * @typedef {import('./members.js').Member} Member
 * @typedef {import('./members.js').Problem} Problem
 * @typedef {{
 *   place: (tickers: string[]) => Promise<void>, start: (tickers: string[]) => void,
 *   drop: (member: Member) => void, onProblem: (problem: Problem) => void,
 *   onRefused: (tickers: string[], problem: Problem) => void
 * }} Actions `drop` leaves the session to the server, if there is one
 */

const ABOUT_TICKERS = new Set(['unknown_ticker', 'invalid_ticker', 'not_entitled']);

/**
 * The request that names the tickers is longer than the server, or a proxy before it, takes.
 * @param {Problem} problem
 */
const isTooLarge = (problem) => problem.status === 413;

export class Misfits {
  #members;
  #isShared;
  #actions;

  /**
   * @param {import('./members.js').Members} members
   * @param {boolean} isShared the session is a link's: no other one is made
   * @param {Actions} actions
   */
  constructor(members, isShared, actions) {
    this.#members = members;
    this.#isShared = isShared;
    this.#actions = actions;
  }

  /**
   * A client's own error: where its tickers are at fault it can't be made at all, and they are
   * placed again without the bad ones.
   * @param {Member} member @param {Problem} problem
   */
  failed(member, problem) {
    if (!this.#members.has(member)) return;
    const isAboutList =
      problem.code === 'too_many_tickers' ||
      ABOUT_TICKERS.has(problem.code) ||
      (isTooLarge(problem) && member.tickers.size > 1);
    if (!isAboutList || this.#isShared) {
      this.#actions.onProblem(problem);
      return;
    }
    const tickers = [...member.tickers];
    this.#actions.drop(member);
    this.placeAgain(tickers, problem);
  }

  /**
   * @param {string[]} tickers that nobody owns
   * @param {Problem} problem
   * @param {Member} [member] that should have taken them
   */
  async placeAgain(tickers, problem, member) {
    if (isTooLarge(problem) && tickers.length > 1) {
      this.#members.limit = Math.min(this.#members.limit, Math.ceil(tickers.length / 2));
      await this.#actions.place(tickers);
    } else if (problem.code === 'too_many_tickers') {
      if (this.#learnsLimit(tickers, problem, member)) await this.#actions.place(tickers);
      else this.#actions.onRefused(tickers, problem);
    } else if (!ABOUT_TICKERS.has(problem.code) && !this.#isShared) {
      // a session of their own shows the cause, and comes back
      this.#actions.start(tickers);
    } else await this.#leaveOut(tickers, problem);
  }

  /**
   * @param {string[]} tickers @param {Problem} problem @param {Member} [member]
   * @returns {boolean} whether there is anything else to try
   */
  #learnsLimit(tickers, { limit }, member) {
    // The limit of tickers that the server knows in all has the same code, and any size.
    const asked = tickers.length + (member?.tickers.size ?? 0);
    const isNews = typeof limit === 'number' && limit >= 1 && limit < this.#members.limit;
    if (isNews && asked > limit) this.#members.limit = limit;
    else if (member && !member.isFull)
      member.isFull = true; // another window may have filled it
    else {
      for (const one of this.#members.all) one.isFull = false; // the server was
      return false;
    }
    return true;
  }

  /** @param {string[]} tickers @param {Problem} problem */
  async #leaveOut(tickers, problem) {
    const bad = (problem.tickers ?? []).filter((ticker) => tickers.includes(ticker));
    const refused = bad.length > 0 ? bad : tickers;
    this.#actions.onRefused(refused, problem);
    await this.#actions.place(tickers.filter((ticker) => !refused.includes(ticker)));
  }
}
