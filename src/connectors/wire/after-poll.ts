import { nextTurn } from '../../clock.ts'

/**
 * The number of socket polls after which everything that had arrived at some moment is read: a poll that may have begun before that moment, and a
 * whole one.
 */
const POLLS = 2

/** Number of socket polls that have ended. Counted only while a mark or a task needs it. */
let ended = 0
let countUntil = 0
let counting = false
/** Tasks that came since the last poll ended; `aging` holds those that came before it. */
let fresh: (() => void)[] = []
let aging: (() => void)[] = []

/** A time mark for a moment long ago, to be used in place of a mark from `pollMark`: `isPolledSince` always returns true for it. */
export const LONG_AGO = Number.NEGATIVE_INFINITY

/** Returns a mark of the present moment. With it, `isPolledSince` can tell later whether the event loop has read the sockets since this moment. */
export function pollMark(): number {
  countUntil = ended + POLLS
  if (!counting) {
    counting = true
    nextTurn(polled)
  }
  return ended
}

/** True when the event loop has read everything that had arrived at the sockets when `pollMark` returned `mark`. */
export function isPolledSince(mark: number): boolean {
  return ended - mark >= POLLS
}

/**
 * Calls `task` as soon as the event loop has read everything that has arrived at the sockets by now. Tasks are called in the order in which they
 * were given.
 */
export function afterPoll(task: () => void): void {
  pollMark()
  fresh.push(task)
}

/** Called once per turn of the event loop, when the sockets have been polled. */
function polled(): void {
  ended += 1
  counting = ended < countUntil
  if (counting) nextTurn(polled)
  const ready = aging
  aging = fresh
  fresh = []
  for (const task of ready) task()
}
