/** Keeps the first attempts of each kind of anomaly that is known as soon as the attempt ends. */
import { beginningKept } from '../metrics/quality/flagged.ts'
import type { AttemptPlace } from '../metrics/quality/measure.ts'

/** An attempt that is an anomaly whatever the others are like, such as a failed one, with what shows it. */
export interface NotedAttempt extends AttemptPlace {
  /** Index of its step in the plan. */
  readonly step: number
  /** What shows that it stands out: of a failure its class and message; '' where the kind says it all. */
  readonly evidence: string
}

/** A kind of anomaly that is known as soon as the attempt ends, because it needs no limit derived from all attempts. */
export type NotedKind = 'failed' | 'empty' | 'repeated'

/** The largest number of attempts that are kept with their evidence, for each kind of anomaly and each limit. */
export const MAX_LISTED = 50

/** Keeps the first 50 failed attempts, the first 50 with an empty reply, and the first 50 with a repeated reply. */
export class NotedAttempts {
  private readonly kept: Readonly<Record<NotedKind, NotedAttempt[]>> = { failed: [], empty: [], repeated: [] }

  /** Whether one more attempt of a kind would be kept. */
  hasRoom(kind: NotedKind): boolean {
    return this.kept[kind].length < MAX_LISTED
  }

  /** Keeps an attempt, if there is room. */
  add(kind: NotedKind, place: Omit<NotedAttempt, 'evidence'>, evidence: string): void {
    if (this.hasRoom(kind)) this.kept[kind].push({ ...place, evidence: beginningKept(evidence) })
  }

  /** Returns the attempts of a kind, in the order in which they ended. */
  of(kind: NotedKind): readonly NotedAttempt[] {
    return this.kept[kind]
  }
}
