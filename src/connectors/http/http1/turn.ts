/** An object to be called when the event loop has read its sockets once more. */
export interface TurnWaiter {
  onTurn(): void
}

let joining: TurnWaiter[] = []
let leaving: TurnWaiter[] = []
let scheduled = false

/** Calls `waiter.onTurn` once the event loop has read everything that its sockets had received at the time of this call. */
export function afterNextPoll(waiter: TurnWaiter): void {
  joining.push(waiter)
  if (scheduled) return
  scheduled = true
  setImmediate(turn)
}

/** Immediates run after the loop has read its sockets, so those that joined in one turn are called at the end of the next. */
function turn(): void {
  const due = leaving
  leaving = joining
  joining = due
  scheduled = leaving.length > 0
  if (scheduled) setImmediate(turn)
  for (const waiter of due) waiter.onTurn()
  due.length = 0
}
