import { isInjected } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import type { InjectedFault } from '../../result/schema.ts'

/** The outcome of a copy of a request that the fault `duplicate` sent: a good reply, a bad reply, or no reply. */
export type CopyEnd = 'accepted' | 'rejected' | 'unanswered'

type OpenInjection = { -readonly [Key in keyof InjectedFault]: InjectedFault[Key] }

/** Counts, for each kind of injected fault, the attempts into which it was injected, and how these attempts ended. */
export class InjectionRecorder {
  private readonly kinds: ReadonlyMap<string, OpenInjection>
  /** Number of attempts that ended without being sent, with or without an injected fault. */
  unsent = 0

  /** Makes a recorder with all counts at zero. `kinds` are the kinds of faults in the plan, each once. */
  constructor(kinds: readonly string[]) {
    this.kinds = new Map(kinds.map((kind) => [kind, noneOf(kind)]))
  }

  private of(kind: string): OpenInjection {
    const known = this.kinds.get(kind)
    if (!known) throw new Error(`the plan injects no ${kind}`)
    return known
  }

  /** Counts an attempt into which a fault could be injected; `probability` (0 to 1) is the chance of it. */
  offered(kind: string, probability: number): void {
    const counts = this.of(kind)
    counts.offered += 1
    counts.expected += probability
  }

  /** Counts an attempt for which the fault was drawn; `injected` is false when there was nothing that it could change. */
  drawn(kind: string, injected: boolean): void {
    const counts = this.of(kind)
    counts.drawn += 1
    if (injected) counts.injected += 1
  }

  /** Counts an injected delay before an attempt, in ms. `began` is false when the run ended before the attempt began. */
  delayed(kind: string, ms: number, began: boolean): void {
    const counts = this.of(kind)
    if (!began) this.unbegun(kind)
    counts.waitedMs = (counts.waitedMs ?? 0) + ms
    counts.longestWaitMs = Math.max(counts.longestWaitMs ?? 0, ms)
  }

  /** Counts an attempt with an injected fault that never began, because the run ended before. */
  unbegun(kind: string): void {
    this.of(kind).cut += 1
    this.withheld(kind)
  }

  /** Counts an attempt whose request was never sent: burn made the reply itself, or the run ended before. */
  withheld(kind: string): void {
    const counts = this.of(kind)
    counts.neverSent = (counts.neverSent ?? 0) + 1
  }

  /** Counts copies of a request that are to be sent. Each copy is later counted again, by `copyEnded` or by `copiesUnsent`. */
  copiesPlanned(kind: string, copies: number): void {
    const counts = this.of(kind)
    counts.copiesPlanned = (counts.copiesPlanned ?? 0) + copies
  }

  /** Counts planned copies of a request that were not sent and never will be. */
  copiesUnsent(kind: string, copies: number): void {
    const counts = this.of(kind)
    counts.copiesNeverSent = (counts.copiesNeverSent ?? 0) + copies
  }

  /** Counts a copy of a request that was sent, and how it ended. */
  copyEnded(kind: string, end: CopyEnd): void {
    const counts = this.of(kind)
    counts.copies = (counts.copies ?? 0) + 1
    const ends = counts.copyReplies ?? { accepted: 0, rejected: 0, unanswered: 0 }
    counts.copyReplies = { ...ends, [end]: ends[end] + 1 }
  }

  /** Counts how an attempt with an injected fault ended. */
  settled({ fault = '', outcome, failure, status = 0 }: Exchange): void {
    const counts = this.of(fault)
    if (outcome === 'ok') counts.ok += 1
    else if (outcome === 'cut') counts.cut += 1
    else {
      counts.failed += 1
      if (isInjected(failure)) counts.blamed += 1
      if (status >= 500) counts.serverErrors += 1
    }
  }

  /** Returns the counts of each kind of injected fault for the result; undefined when the plan injects nothing. */
  read(): InjectedFault[] | undefined {
    return this.kinds.size === 0 ? undefined : [...this.kinds.values()].map((counts) => ({ ...counts }))
  }
}

function noneOf(kind: string): OpenInjection {
  return { kind, offered: 0, expected: 0, drawn: 0, injected: 0, ok: 0, failed: 0, blamed: 0, serverErrors: 0, cut: 0 }
}
