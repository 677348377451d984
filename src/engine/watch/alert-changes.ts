import type { Alert } from '../../result/schema.ts'

/** An alert that has begun or ended. */
interface AlertChange {
  readonly alert: Alert
  readonly state: 'began' | 'ended'
}

const NONE: readonly AlertChange[] = []

/** Finds which alerts have begun or ended since the last call, so that event receivers are notified of each begin and each end exactly once. */
export class AlertChanges {
  private begun = 0
  private open: readonly Alert[] = []

  /** Returns the alerts that have begun or ended since the last call. */
  since({ raised }: { readonly raised: readonly Alert[] }): readonly AlertChange[] {
    // A quick way out, because this is called after every attempt.
    if (raised.length === this.begun && this.open.length === 0) return NONE
    const ended = this.open.filter(({ untilMs }) => untilMs !== null)
    const began = raised.slice(this.begun)
    this.begun = raised.length
    this.open = [...this.open, ...began].filter(({ untilMs }) => untilMs === null)
    return [
      ...ended.map((alert) => ({ alert, state: 'ended' as const })),
      ...began.map((alert) => ({ alert, state: 'began' as const })),
    ]
  }
}
