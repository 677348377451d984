/** The player in virtual time: pace, speed, keys, anomalies, several sessions. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Player, type PlayOptions, type PlayState } from '../../../../src/cli/replay/player/player.ts'
import type { RecordedSession, RecordedTurn } from '../../../../src/cli/replay/recorded/sessions.ts'
import { after, goBy } from '../../../../src/clock.ts'
import { entry } from '../../../store/entries.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'

let clock: VirtualClock
let restore: () => void
beforeEach(() => {
  clock = new VirtualClock()
  restore = goBy(clock)
})
afterEach(() => restore())

const pass = (ms: number) => clock.drive(new Promise<void>((resolve) => void after(ms, resolve)))

/** Ten seconds: three messages at 0, 4 and 9 s, each answered after 1 s; the second one stands out in sessions with anomalies. */
const turns = (marked: boolean): RecordedTurn[] =>
  [0, 4000, 9000].map((sentAtMs, i) => ({
    entry: entry({ sentAtMs, endedAtMs: sentAtMs + 1000, ttftMs: 500, lastTokenMs: 900 }),
    marks: marked && i === 1 ? [{ kind: 'slow', words: 'slow' }] : [],
  }))

const session = (user: number, severity = 0): RecordedSession => ({
  user,
  iteration: 0,
  phase: 'main',
  startMs: 0,
  endMs: 10_000,
  turns: 3,
  failed: 0,
  kinds: new Map(),
  severity,
  ttftMs: 500,
  outputTokens: null,
  cost: null,
})

/** A player of three sessions, of which the first and the last have an anomaly; and what it shows. */
function playing(options: Partial<PlayOptions> = {}, sessions = [session(0, 2), session(1), session(2, 2)]) {
  const states: PlayState[] = []
  const run = { turnsOf: ({ severity }: RecordedSession) => turns(severity > 0) }
  const all = { speed: 1, idleMs: Number.POSITIVE_INFINITY, fromMs: 0, pauseOnMarks: false, ...options }
  const player = new Player(run, sessions, all, (state) => {
    states.push(state)
    return 3
  })
  player.start()
  const now = () => {
    // A frame that is due at this moment may come after the test's own timer.
    player.refresh()
    const { at, state, index, speed } = states.at(-1) as PlayState
    return { at: Math.round(at), state, index, speed }
  }
  const press = (...keys: string[]) => {
    for (const key of keys) player.press(key)
    return now()
  }
  return { player, states, now, press }
}

describe('the pace', () => {
  test.each([
    [1, 2000],
    [0.25, 500],
    [4, 8000],
  ])('speed %d', async (speed, at) => {
    const { now } = playing({ speed })
    await pass(2000)
    expect(now()).toMatchObject({ at, state: 'playing', index: 0 })
  })

  test('max shows the whole session at once, and stays', async () => {
    const { now } = playing({ speed: Number.POSITIVE_INFINITY })
    expect(now()).toMatchObject({ at: 10_000, state: 'over' })
    await pass(60_000)
    expect(now()).toMatchObject({ index: 0 })
  })

  test('waits are shortened with an idle limit', async () => {
    const { now } = playing({ idleMs: 500 })
    // Each message takes 0.5 s to the first token, 0.4 s to the last, 0.1 s to the end; two pauses of 0.5 s.
    await pass(3900)
    expect(now()).toMatchObject({ at: 3900, state: 'playing' })
    await pass(200)
    expect(now()).toMatchObject({ at: 4000, state: 'over' })
  })

  test('the end stays for a moment, then the next session begins; after the last one nothing more happens', async () => {
    const { now } = playing()
    await pass(10_500)
    expect(now()).toMatchObject({ index: 0, state: 'over' })
    await pass(1600)
    expect(now()).toMatchObject({ index: 1, state: 'playing' })
    await pass(60_000)
    expect(now()).toMatchObject({ index: 2, state: 'over', at: 10_000 })
    expect(clock.pending).toBe(0)
  })

  test('from a moment of the first session', () => {
    expect(playing({ fromMs: 4500 }).now()).toMatchObject({ at: 4500, state: 'playing' })
    expect(playing({ fromMs: 99_000 }).now()).toMatchObject({ at: 10_000, state: 'over' })
  })

  test('pauses where something stands out, and goes on from there', async () => {
    const { now, press } = playing({ pauseOnMarks: true, speed: 10 })
    await pass(3000)
    expect(now()).toMatchObject({ at: 5000, state: 'paused', index: 0 })
    press('space')
    await pass(300)
    expect(now()).toMatchObject({ at: 8000, state: 'playing' })
  })
})

describe('keys', () => {
  test('space pauses and goes on; at the end it begins again', async () => {
    const { now, press } = playing({}, [session(0)])
    await pass(1000)
    expect(press('space')).toMatchObject({ at: 1000, state: 'paused' })
    await pass(5000)
    expect(press('space')).toMatchObject({ at: 1000, state: 'playing' })
    await pass(20_000)
    expect(now()).toMatchObject({ at: 10_000, state: 'over' })
    expect(press('space')).toMatchObject({ at: 0, state: 'playing' })
  })

  test('. goes from moment to moment, then to the next session', () => {
    const { press } = playing()
    const seen = Array.from({ length: 9 }, () => press('.'))
    expect(seen.map(({ at, index }) => [index, at])).toEqual([
      [0, 500],
      [0, 1000],
      [0, 4000],
      [0, 4500],
      [0, 5000],
      [0, 9000],
      [0, 9500],
      [0, 10_000],
      [1, 0],
    ])
    expect(seen.at(-1)?.state).toBe('paused')
  })

  test('] and [ go to what stands out, in other sessions too', () => {
    const { press } = playing()
    expect(press(']')).toMatchObject({ index: 0, at: 5000, state: 'paused' })
    expect(press(']')).toMatchObject({ index: 2, at: 5000 })
    expect(press(']')).toMatchObject({ index: 2, at: 5000 })
    expect(press('[')).toMatchObject({ index: 0, at: 5000 })
    expect(press('[')).toMatchObject({ index: 0, at: 5000 })
  })

  test('arrows go five seconds, digits to tenths, n and p to sessions', () => {
    const { press } = playing()
    expect(press('right')).toMatchObject({ at: 5000, state: 'playing' })
    expect(press('left', 'left')).toMatchObject({ at: 0 })
    expect(press('7')).toMatchObject({ at: 7000 })
    expect(press('right')).toMatchObject({ at: 10_000, state: 'over' })
    expect(press('0')).toMatchObject({ at: 0, state: 'playing' })
    expect(press('n', 'n', 'n')).toMatchObject({ index: 2, at: 0 })
    expect(press('p')).toMatchObject({ index: 1 })
    expect(press('p', 'p')).toMatchObject({ index: 0 })
  })

  test('+ and - change the speed from now on', async () => {
    const { now, press } = playing()
    await pass(1000)
    expect(press('+')).toMatchObject({ speed: 2, at: 1000 })
    await pass(1000)
    expect(now()).toMatchObject({ at: 3000 })
    expect(press('-', '-', '-', '-', '-')).toMatchObject({ speed: 0.25 })
    expect(press(...Array.from({ length: 20 }, () => '+'))).toMatchObject({ speed: 100 })
  })

  test('up and down scroll; others do nothing; q ends', async () => {
    const { player, press, states } = playing()
    press('up', 'up', 'down')
    expect(states.at(-1)?.scroll).toBe(1)
    press('down', 'down')
    expect(states.at(-1)?.scroll).toBe(0)
    // Three lines are above: more presses than that are not saved up.
    press('up', 'up', 'up', 'up', 'up', 'down', 'x')
    expect(states.at(-1)?.scroll).toBe(2)
    expect(press('x', 'constructor', '', 'escape')).toMatchObject({ at: 0, state: 'playing' })
    press('q')
    await player.ended
    expect(clock.pending).toBe(0)
  })
})

test('a journal that cannot be read any more ends the player with that error', async () => {
  const run = {
    turnsOf: () => {
      throw new Error('gone')
    },
  }
  const options = { speed: 1, idleMs: 1, fromMs: 0, pauseOnMarks: false }
  const player = new Player(run, [session(0)], options, () => 0)
  player.start()
  await expect(player.ended).rejects.toThrow('gone')
})
