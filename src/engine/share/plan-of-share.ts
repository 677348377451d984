import type { Threshold } from '../../metrics/threshold/threshold.ts'
import type { Plan, PlannedJudge, PlannedPhase, PlannedRateLimit, PlannedTarget } from '../../scenario/compile/plan.ts'
import { partOf, type Share } from '../../statistics/parts/share.ts'
import { isBudget } from '../outcome/budgets.ts'
import { iterationsInPhase } from '../schedule/planned-iterations.ts'
import { loadOfShare } from './load-of-share.ts'
import { copyOf } from './plan-copy.ts'

/** Returns the plan that a process runs: its own copy of the whole, or of the part that belongs to `share`. */
export function planToRun(plan: Plan, share: Share | undefined): Plan {
  return copyOf(share ? planOfShare(plan, share) : plan)
}

/**
 * Returns the part of a plan that one share of a run makes. The parts of all shares together are the plan: each arrival at its time, each user
 * with its number, and what is limited or may be used up divided among them. Setup and teardown belong to the first share.
 */
export function planOfShare(plan: Plan, share: Share): Plan {
  const isFirst = share.index === 0
  return {
    ...plan,
    share,
    phases: phasesOfShare(plan, share),
    targets: plan.targets.map((target) => targetOfShare(target, share)),
    thresholds: plan.thresholds.map((threshold) => thresholdOfShare(threshold, share)),
    budget: budgetOfShare(plan.budget, share),
    judge: plan.judge && judgeOfShare(plan.judge, share),
    setup: isFirst ? plan.setup : [],
    teardown: isFirst ? plan.teardown : [],
  }
}

function phasesOfShare({ phases, seed }: Plan, share: Share): PlannedPhase[] {
  let before = 0
  return phases.map((phase, index) => {
    const load = loadOfShare(phase.load, share, before)
    // Beyond the last phase nobody asks, and counting takes time.
    if (index < phases.length - 1) before += iterationsInPhase(phase.load, seed, index)
    return { ...phase, load, wholeLoad: phase.load }
  })
}

function targetOfShare(target: PlannedTarget, share: Share): PlannedTarget {
  return { ...target, rateLimit: target.rateLimit && limitOfShare(target.rateLimit, share) }
}

/** A limit on each user is the same in every share. */
function limitOfShare(limit: PlannedRateLimit, { count }: Share): PlannedRateLimit {
  if (limit.scope === 'user') return limit
  const part = (size: PlannedRateLimit['requests']) => size && { perSecond: size.perSecond / count, burst: size.burst / count }
  return { ...limit, requests: part(limit.requests), tokens: part(limit.tokens) }
}

/** Thresholds that end the run when a sum is used up hold for a part of the sum; all others are the same in every share. */
function thresholdOfShare(threshold: Threshold, share: Share): Threshold {
  if (!isBudget(threshold)) return threshold
  const { limit, unit } = threshold
  return { ...threshold, limit: unit === 'currency' || !Number.isInteger(limit) ? limit / share.count : partOf(limit, share) }
}

function budgetOfShare({ requests, tokens, time, cost }: Plan['budget'], share: Share): Plan['budget'] {
  return {
    ...(requests !== undefined && { requests: partOf(requests, share) }),
    ...(tokens !== undefined && { tokens: partOf(tokens, share) }),
    ...(time !== undefined && { time }),
    ...(cost !== undefined && { cost: cost / share.count }),
  }
}

function judgeOfShare(judge: PlannedJudge, share: Share): PlannedJudge {
  const sample = partOf(judge.sample, share)
  return {
    ...judge,
    sample,
    perGroup: partOf(judge.perGroup, share),
    askTwice: Math.min(sample, partOf(judge.askTwice, share)),
    maxCost: judge.maxCost === undefined ? undefined : judge.maxCost / share.count,
    concurrency: Math.max(1, partOf(judge.concurrency, share)),
  }
}
