/** Plays recorded sessions: keeps the current position and speed, and handles keys. It uses the clock, but no terminal. */
import { after, now } from '../../../clock.ts'
import type { RecordedSession, RunSessions } from '../recorded/sessions.ts'
import { SessionCourse } from './timeline.ts'

/** How the player of `burn replay` plays recorded sessions, as the user has chosen: speed, longest wait, start and pauses. */
export interface PlayOptions {
  /** The speed relative to the recorded one; Infinity shows each session as a whole at once. */
  readonly speed: number
  /** The longest that a wait takes in the replay, in ms at normal speed; Infinity keeps recorded waits. */
  readonly idleMs: number
  /** Where the replay of the first session begins, in ms since the session's start. */
  readonly fromMs: number
  /** True to pause at each anomaly, such as a slow reply. */
  readonly pauseOnMarks: boolean
}

/** What the player of `burn replay` shows at a given time: the session, the position in it, and whether it is paused. */
export interface PlayState {
  readonly session: RecordedSession
  readonly timeline: SessionCourse
  /** The position in the replay of the session, in ms at normal speed. */
  readonly at: number
  readonly speed: number
  readonly state: 'playing' | 'paused' | 'over'
  /** The number of the session among those to play, from 0; `count` is how many there are. */
  readonly index: number
  readonly count: number
  /** How many lines the text is scrolled back. */
  readonly scroll: number
}

/** The time between two frames, in ms. */
const FRAME_MS = 50
/** How long the end of a session stays on screen before the next one begins, in ms. */
const REST_MS = 1500
const JUMP_MS = 5000
/** The speeds that the keys `+` and `-` choose from. */
const SPEEDS = [0.25, 0.5, 1, 2, 5, 10, 25, 50, 100]

/**
 * Plays recorded sessions one after the other, frame by frame. Each frame calls `show`, which draws it and returns how many lines the text can be
 * scrolled back. The promise `ended` settles when the user leaves or playing fails.
 */
export class Player {
  readonly ended: Promise<void>
  private readonly run: Pick<RunSessions, 'turnsOf'>
  private readonly sessions: readonly RecordedSession[]
  private readonly options: PlayOptions
  private readonly show: (state: PlayState) => number
  private leave: () => void = () => {}
  private fail: (error: unknown) => void = () => {}
  private index = 0
  private timeline = new SessionCourse([], Number.POSITIVE_INFINITY)
  private speed: number
  private state: PlayState['state'] = 'playing'
  private scroll = 0
  /** The position in the replay at clock time `since`, in ms at normal speed. */
  private at = 0
  private since = 0
  private cancel: () => void = () => {}
  private readonly keys: Readonly<Record<string, () => void>> = {
    q: () => this.stop(),
    space: () => this.pauseOrGoOn(),
    '.': () => this.step(),
    ']': () => this.toMark(1),
    '[': () => this.toMark(-1),
    right: () => this.jump(JUMP_MS),
    left: () => this.jump(-JUMP_MS),
    '+': () => this.changeSpeed(true),
    '-': () => this.changeSpeed(false),
    n: () => this.toSession(this.index + 1),
    p: () => this.toSession(this.index - 1),
    up: () => this.scrollBy(1),
    down: () => this.scrollBy(-1),
  }

  constructor(
    run: Pick<RunSessions, 'turnsOf'>,
    sessions: readonly RecordedSession[],
    options: PlayOptions,
    show: (state: PlayState) => number,
  ) {
    this.run = run
    this.sessions = sessions
    this.options = options
    this.show = show
    this.speed = options.speed
    this.ended = new Promise((resolve, reject) => {
      this.leave = resolve
      this.fail = reject
    })
  }

  /** Starts playing the first session. */
  start(): void {
    this.guarded(() => {
      this.open(0)
      this.seek(this.timeline.playAt(this.options.fromMs))
    })
  }

  /** Stops the player; `ended` settles. */
  stop(): void {
    this.cancel()
    this.leave()
  }

  /** Handles a key by its name: `space`, `.`, `]`, `left`, `7`, …; others are ignored. */
  press(key: string): void {
    this.guarded(() => {
      this.catchUp()
      this.obey(key)
    })
  }

  /** Shows the current moment again, for example after the window has changed its size. */
  refresh(): void {
    this.guarded(() => {
      this.catchUp()
      this.frame()
    })
  }

  private guarded(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.cancel()
      this.fail(error)
    }
  }

  private obey(key: string): void {
    if (/^\d$/.test(key)) this.seek((Number(key) / 10) * this.timeline.playMs)
    else this.keys[key]?.()
  }

  private jump(recordedMs: number): void {
    this.seek(this.timeline.playAt(this.timeline.recordedAt(this.at) + recordedMs))
  }

  private scrollBy(lines: number): void {
    this.scroll = Math.max(0, this.scroll + lines)
    this.frame()
  }

  private pauseOrGoOn(): void {
    if (this.state === 'over') this.at = 0
    this.state = this.state === 'playing' ? 'paused' : 'playing'
    this.goOn()
  }

  /** Pauses at the next event of the session; at its end, pauses at the start of the next session. */
  private step(): void {
    const next = this.timeline.moments.find((moment) => moment > this.at)
    if (next === undefined) this.toSession(this.index + 1, 'paused')
    else this.pauseAt(next)
  }

  /** Pauses at the next anomaly in the given direction (1 forwards, −1 backwards), in this session or another one. */
  private toMark(direction: 1 | -1): void {
    const { marks } = this.timeline
    const own = direction === 1 ? marks.find((mark) => mark > this.at) : marks.findLast((mark) => mark < this.at)
    if (own !== undefined) this.pauseAt(own)
    else this.toMarkElsewhere(direction)
  }

  private toMarkElsewhere(direction: 1 | -1): void {
    const places = this.sessions.map((_, index) => index)
    const isBeyond = (index: number) => (index - this.index) * direction > 0 && (this.sessions[index]?.severity ?? 0) > 0
    const other = direction === 1 ? places.find(isBeyond) : places.findLast(isBeyond)
    if (other === undefined) return
    this.open(other)
    this.pauseAt((direction === 1 ? this.timeline.marks[0] : this.timeline.marks.at(-1)) ?? 0)
  }

  private changeSpeed(faster: boolean): void {
    const next = faster ? SPEEDS.find((speed) => speed > this.speed) : SPEEDS.findLast((speed) => speed < this.speed)
    this.speed = next ?? this.speed
    this.goOn()
  }

  private toSession(index: number, state: PlayState['state'] = this.state): void {
    if (index < 0 || index >= this.sessions.length) return
    this.open(index)
    if (state === 'paused') this.pauseAt(0)
    else this.seek(0)
  }

  private open(index: number): void {
    const session = this.sessions[index]
    if (!session) return
    this.index = index
    this.timeline = new SessionCourse(this.run.turnsOf(session), this.options.idleMs)
    this.at = 0
    this.scroll = 0
  }

  private seek(at: number): void {
    this.at = Math.min(this.timeline.playMs, Math.max(0, at))
    this.scroll = 0
    if (this.state === 'over') this.state = 'playing'
    this.goOn()
  }

  private pauseAt(at: number): void {
    this.state = 'paused'
    this.seek(at)
  }

  /** Continues from the current position, measuring time from now. */
  private goOn(): void {
    this.since = now()
    this.tick()
  }

  private tick(): void {
    this.cancel()
    this.catchUp()
    this.frame()
    if (this.state === 'playing') this.cancel = after(FRAME_MS, () => this.guarded(() => this.tick()))
    else if (this.state === 'over' && this.speed !== Number.POSITIVE_INFINITY && this.index + 1 < this.sessions.length)
      this.cancel = after(REST_MS, () => this.guarded(() => this.toSession(this.index + 1, 'playing')))
  }

  /** Moves the position forward by the time that has passed since the last frame, at the current speed. */
  private catchUp(): void {
    const time = now()
    if (this.state === 'playing') {
      const before = this.at
      const { playMs, marks } = this.timeline
      this.at = this.speed === Number.POSITIVE_INFINITY ? playMs : Math.min(playMs, before + (time - this.since) * this.speed)
      const mark = this.options.pauseOnMarks ? marks.find((one) => one > before && one <= this.at) : undefined
      if (mark !== undefined) {
        this.at = mark
        this.state = 'paused'
      } else if (this.at >= playMs) this.state = 'over'
    }
    this.since = time
  }

  private frame(): void {
    const session = this.sessions[this.index]
    if (!session) return
    const { timeline, at, speed, state, index, scroll } = this
    this.scroll = Math.min(
      this.scroll,
      this.show({ session, timeline, at, speed, state, index, count: this.sessions.length, scroll }),
    )
  }
}
