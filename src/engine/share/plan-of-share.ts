import type { Threshold } from '../../metrics/threshold/threshold.ts'
import type { Plan, PlannedJudge, PlannedPhase, PlannedRateLimit, PlannedTarget } from '../../scenario/compile/plan.ts'
import { partOf, type Share } from '../../statistics/parts/share.ts'
import { isBudget } from '../outcome/budgets.ts'
import { iterationsInPhase } from '../schedule/planned-iterations.ts'
import { loadOfShare } from './load-of-share.ts'
import { copyOf } from './plan-copy.ts'

/** Returns the plan that this process runs: a copy of the whole plan or, with `share`, of the part that this worker or shard runs. */
export function planToRun(plan: Plan, share: Share | undefined): Plan {
  return copyOf(share ? planOfShare(plan, share) : plan)
}

/**
 * Returns the part of a plan that one worker or shard runs. All parts together make up the plan: each arrival keeps its time and each user its
 * number; rate limits and budgets are divided. Setup and teardown belong to the first part only. Each shard asks the judge about its own part of the
 * sample; among workers on one machine, the first asks about all replies.
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
    judge: plan.judge && judgeOfShare(plan.judge, share.machine ?? share),
    setup: isFirst ? plan.setup : [],
    teardown: isFirst ? plan.teardown : [],
  }
}

function phasesOfShare({ phases, seed }: Plan, share: Share): PlannedPhase[] {
  let before = 0
  return phases.map((phase, index) => {
    const load = loadOfShare(phase.load, share, before)
    // Iterations of the last phase are not counted, because no phase follows and counting takes time.
    if (index < phases.length - 1) before += iterationsInPhase(phase.load, seed, index)
    return { ...phase, load, wholeLoad: phase.load }
  })
}

function targetOfShare(target: PlannedTarget, share: Share): PlannedTarget {
  return { ...target, rateLimit: target.rateLimit && limitOfShare(target.rateLimit, share) }
}

/** Divides a rate limit by the number of shares. A limit on each user stays the same. */
function limitOfShare(limit: PlannedRateLimit, { count }: Share): PlannedRateLimit {
  if (limit.scope === 'user') return limit
  const part = (size: PlannedRateLimit['requests']) => size && { perSecond: size.perSecond / count, burst: size.burst / count }
  return { ...limit, requests: part(limit.requests), tokens: part(limit.tokens) }
}

/** Divides the limit of a budget (a threshold on a sum that ends the run) by the number of shares. Other thresholds stay the same. */
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
