/** Keeps the first attempts of those kinds of anomalies that are known as soon as an attempt ends. */
import { beginningKept } from '../metrics/quality/flagged.ts'
import type { AttemptPlace } from '../metrics/quality/measure.ts'

/** An attempt that is an anomaly regardless of the other attempts, such as a failed one, with its evidence. */
export interface NotedAttempt extends AttemptPlace {
  /** The index of the attempt's step in the plan. */
  readonly step: number
  /** The evidence: for a failure its class and message; '' when the kind of anomaly says everything. */
  readonly evidence: string
}

/** The name of an anomaly, such as an empty reply, that is known as soon as the attempt ends, because it needs no limit derived from all attempts. */
export type NotedKind = 'failed' | 'empty' | 'repeated'

/**
 * The largest number of attempts that a run keeps as evidence of one kind of anomaly, such as failed ones or those with an empty reply; also of the
 * worst attempts of a step in one metric.
 */
export const MAX_LISTED = 50

/**
 * Keeps attempts as evidence for the list of anomalies: the first 50 that failed, the first 50 with an empty reply, and the first 50 whose reply
 * begins like the one before it in the conversation.
 */
export class NotedAttempts {
  private readonly kept: Readonly<Record<NotedKind, NotedAttempt[]>> = { failed: [], empty: [], repeated: [] }

  /** True when one more attempt of this kind would be kept. */
  hasRoom(kind: NotedKind): boolean {
    return this.kept[kind].length < MAX_LISTED
  }

  /** Keeps an attempt if fewer than 50 of its kind are kept. */
  add(kind: NotedKind, place: Omit<NotedAttempt, 'evidence'>, evidence: string): void {
    if (this.hasRoom(kind)) this.kept[kind].push({ ...place, evidence: beginningKept(evidence) })
  }

  /** Returns the kept attempts of one kind, in the order in which they ended. */
  of(kind: NotedKind): readonly NotedAttempt[] {
    return this.kept[kind]
  }
}
