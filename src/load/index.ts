import { burstArrivalRate } from './burst.ts'
import { constantArrivalRate } from './constant-arrival-rate.ts'
import { constantVus } from './constant-vus.ts'
import { perUserIterations, sharedIterations } from './iterations.ts'
import { pause } from './pause.ts'
import { rampingArrivalRate } from './ramping-arrival-rate.ts'
import { rampingVus } from './ramping-vus.ts'
import { sineArrivalRate, sineVus } from './sine.ts'
import { stairsArrivalRate, stairsVus } from './stairs.ts'
import { traceReplay } from './trace.ts'

/**
 * All load shapes, such as a steady rate. The keys of a phase of `load` decide which shape it has. Frequent shapes come first, because they are tried
 * in this order.
 */
export const shapes = [
  constantVus,
  constantArrivalRate,
  sharedIterations,
  perUserIterations,
  pause,
  rampingVus,
  rampingArrivalRate,
  stairsVus,
  stairsArrivalRate,
  sineVus,
  sineArrivalRate,
  burstArrivalRate,
  traceReplay,
] as const
