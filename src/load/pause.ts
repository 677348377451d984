import { positiveDuration } from '../fields.ts'
import { closedLoad } from './closed.ts'
import { defineShape, phaseObject } from './executor.ts'

/** The load shape `{ pause: 10s }`: no new iterations start for a time; those in flight go on. */
export const pause = defineShape({
  name: 'pause',
  describe: 'No new iterations for a while',
  fields: phaseObject(() => ({ pause: positiveDuration().describe('How long no iteration starts') })),
  build: (phase) => closedLoad({ lengthMs: phase.pause, maxUsers: 0, usersAt: () => 0 }),
})
