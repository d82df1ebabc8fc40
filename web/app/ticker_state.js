// How it is with the tickers of a session. Pure.
import { isRefusal } from './refusal.js';

/**
 * @typedef {import('./members.js').Member} Member
 * @typedef {'live' | 'stale' | 'offline' | 'waiting' | 'refused' | 'unserved'} TickerState
 */

/** @param {Member} member @returns {TickerState} */
export function stateIn(member) {
  if (member.state === 'connecting') {
    if (isRefusal(member.error)) return 'refused';
    return member.reason === 'offline' ? 'offline' : 'waiting';
  }
  if (member.state === 'closed' && isRefusal(member.error)) return 'refused';
  if (member.state !== 'live') return 'offline';
  return member.feed === 'stale' || member.quiet ? 'stale' : 'live';
}
