/**
 * Lets users of a closed load pause after failed connections: a refused connection fails at once, and retrying at once would only load this machine.
 */
import type { Exchange } from '../../exchange.ts'
import type { PlannedPhase } from '../../scenario/compile/plan.ts'

/** Pause of a user after its first failed connect, in ms. Each further failed connect in a row doubles it. */
const FIRST_MS = 10
const LONGEST_MS = 1000

/**
 * Computes how long a user of a closed load pauses before its next iteration after it could not connect to the target. The pause grows with each
 * failure in a row, up to 1 s. In an open load (an arrival rate) there is no pause.
 */
export class ConnectPauses {
  private readonly phases: readonly PlannedPhase[]
  /** Number of failed connects in a row, by user id. A user whose last connect succeeded has no entry. */
  private readonly failed = new Map<number, number>()

  constructor(phases: readonly PlannedPhase[]) {
    this.phases = phases
  }

  /** Records whether an attempt of this user failed to connect. */
  note(user: number, exchange: Exchange): void {
    const phase = exchange.failure?.phase
    const unconnected = Number.isNaN(exchange.sentAt) && (phase === 'dns' || phase === 'connect' || phase === 'tls')
    if (unconnected) this.failed.set(user, (this.failed.get(user) ?? 0) + 1)
    // An attempt that was cancelled, or failed in burn itself before it was sent, says nothing about the connection.
    else if (!Number.isNaN(exchange.sentAt)) this.failed.delete(user)
  }

  /**
   * Returns how long this user pauses before it tries again: 10, 20, 40 … 1000 ms; 0 when its last connect did not fail. Also 0 in an open
   * load, which keeps its timetable whatever the target does.
   */
  pauseMs(user: number, phase: number): number {
    const failed = this.failed.get(user) ?? 0
    return failed === 0 || this.phases[phase]?.load.model !== 'closed' ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (failed - 1))
  }
}
