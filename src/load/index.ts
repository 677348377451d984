/** The registry of load shapes. A new one is a file beside this and a line here. */
import { constantArrivalRate } from './constant-arrival-rate.ts'
import { constantVus } from './constant-vus.ts'
import { perUserIterations, sharedIterations } from './iterations.ts'
import { pause } from './pause.ts'
import { rampingArrivalRate } from './ramping-arrival-rate.ts'
import { rampingVus } from './ramping-vus.ts'

export const shapes = [
  constantVus,
  rampingVus,
  constantArrivalRate,
  rampingArrivalRate,
  sharedIterations,
  perUserIterations,
  pause,
] as const
