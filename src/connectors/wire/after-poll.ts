import { nextTurn } from '../../clock.ts'

/**
 * Polls of the sockets that must end before everything that had arrived at some moment is read: one that may have begun before that
 * moment, and a whole one.
 */
const POLLS = 2

/** Number of polls that have ended while somebody counted them; stands still when nobody does. */
let ended = 0
let countUntil = 0
let counting = false
/** Tasks that came since the last poll ended, and those that came before. */
let fresh: (() => void)[] = []
let aging: (() => void)[] = []

/** A mark of a moment long ago: `isPolledSince` is always true for it. */
export const LONG_AGO = Number.NEGATIVE_INFINITY

/** Returns a mark of the present moment. With it, `isPolledSince` says later whether the sockets have been read since. */
export function pollMark(): number {
  countUntil = ended + POLLS
  if (!counting) {
    counting = true
    nextTurn(polled)
  }
  return ended
}

/** True when everything that had arrived at the sockets at the moment of `mark` has been read. */
export function isPolledSince(mark: number): boolean {
  return ended - mark >= POLLS
}

/** Calls `task` when everything that has arrived at the sockets by now has been read. Tasks run in the order in which they came. */
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
