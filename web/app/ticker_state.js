// The state of one ticker of a session. Pure.
import { isRefusal } from './refusal.js';

/**
 * @typedef {import('./members.js').Member} Member
 * @typedef {import('./refusal.js').Delay} Delay
 * @typedef {'live' | 'stale' | 'offline' | 'waiting' | 'refused' | 'unserved'} TickerState
 */

/**
 * Its addition, which the server refused for the moment.
 * @param {Member} member @param {string} ticker
 */
const additionOf = (member, ticker) =>
  member.state === 'live' && member.waiting.has(ticker) ? member.refused : undefined;

/** @param {Member} member @param {string} ticker @returns {TickerState} */
export function stateIn(member, ticker) {
  if (member.state === 'connecting') {
    if (isRefusal(member.error)) return 'refused';
    return member.reason === 'offline' ? 'offline' : 'waiting';
  }
  if (member.state === 'closed' && isRefusal(member.error)) return 'refused';
  if (member.state !== 'live') return 'offline';
  const addition = additionOf(member, ticker);
  if (addition) return isRefusal(addition.error) ? 'refused' : 'waiting';
  return member.feed === 'stale' || member.quiet ? 'stale' : 'live';
}

/**
 * What the ticker waits for: its addition, or a session that the server refuses.
 * @param {Member} member @param {string} ticker
 * @returns {Delay | undefined}
 */
export function delayIn(member, ticker) {
  const addition = additionOf(member, ticker);
  if (addition) return addition;
  const { error, retryAt } = member;
  return stateIn(member, ticker) === 'refused' && error ? { error, retryAt } : undefined;
}
