import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Notes } from '../../../../src/templates/foreign/common/notes.ts'
import { phasesOf } from '../../../../src/templates/foreign/testbench/load.ts'

const RATES = { seconds: 60, connections: 3, perSecond: 2, burst: 1, rampUp: 0, rampDown: 0 }
function of(rates: Partial<typeof RATES>) {
  const notes = new Notes()
  return { phases: phasesOf({ ...RATES, ...rates }, notes), notes: notes.all.map(({ text }) => text) }
}

test('a steady load is one phase', () => {
  expect(of({})).toEqual({ phases: [{ name: 'steady', users: 3, for: '60s', pace: '2/s' }], notes: [] })
})

test('ramps are warm-up, and leave the rest to the load', () => {
  expect(of({ rampUp: 10, rampDown: 5 }).phases).toEqual([
    { name: 'ramp-up', users: { from: 1, to: 3 }, for: '10s', pace: '2/s', warmup: true },
    { name: 'steady', users: 3, for: '45s', pace: '2/s' },
    { name: 'ramp-down', users: { to: 0 }, for: '5s', pace: '2/s', warmup: true },
  ])
  expect(of({ rampUp: 40, rampDown: 20 })).toEqual({
    phases: [{ name: 'steady', users: 3, for: '60s', pace: '2/s' }],
    notes: ['rates: the ramps take 60s of 60s; they were left out'],
  })
})

test('bursts take turns with the load, for as long as that lasts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (seconds) => {
      const { phases } = of({ seconds, burst: 4 })
      const sum = phases.reduce((total, phase) => total + Number.parseFloat(String(phase.for)), 0)
      expect(sum).toBeCloseTo(seconds, 1)
      const bursts = phases.filter(({ pace }) => pace === '8/s')
      expect(bursts).toHaveLength(Math.max(1, Math.floor(seconds / 30)))
    }),
  )
  expect(of({ seconds: 30 * 600, burst: 4 })).toMatchObject({
    phases: [{ name: 'steady' }],
    notes: [expect.stringContaining('600 bursts')],
  })
})

test('numbers are written without exponent', () => expect(of({ perSecond: 0.000_1 }).phases[0]?.pace).toBe('0/s'))
