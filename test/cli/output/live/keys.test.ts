import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import { Keys } from '../../../../src/cli/output/live/keys.ts'

class Terminal extends EventEmitter {
  readonly calls: string[] = []
  setRawMode(raw: boolean) {
    this.calls.push(raw ? 'raw' : 'cooked')
  }
  resume() {
    this.calls.push('resume')
  }
  pause() {
    this.calls.push('pause')
  }
}

function keysOn(mayRead = () => true) {
  const terminal = new Terminal()
  const pressed: string[] = []
  const keys = new Keys(
    terminal,
    (key) => pressed.push(key),
    mayRead,
    (signal) => pressed.push(signal),
  )
  return { terminal, pressed, keys }
}

describe('keys', () => {
  test('each is told by itself; those of arrows and functions are none', () => {
    const { terminal, pressed, keys } = keysOn()
    keys.attach()
    for (const data of ['q', ' \t', '\x1b[A', '\x1bOP', '\x1b[15~', '\x1b', 'x\x1b[1;5Cy', 'é']) terminal.emit('data', data)
    expect(pressed).toEqual(['q', ' ', '\t', 'x', 'y', 'é'])
  })

  test('those that a terminal makes signals of still are signals', () => {
    const { terminal, pressed, keys } = keysOn()
    keys.attach()
    terminal.emit('data', '\x03\x1a\x1cn')
    expect(pressed).toEqual(['SIGINT', 'SIGTSTP', 'SIGQUIT', 'n'])
  })

  test('the terminal gets its settings back, once, and may be read again', () => {
    const { terminal, pressed, keys } = keysOn()
    keys.release()
    keys.attach()
    keys.attach()
    expect([terminal.calls, keys.active]).toEqual([['raw', 'resume'], true])
    keys.release()
    keys.release()
    expect([terminal.calls.slice(2), keys.active]).toEqual([['pause', 'cooked'], false])
    terminal.emit('data', 'q')
    expect(pressed).toEqual([])
    keys.attach()
    expect(terminal.calls.slice(4)).toEqual(['raw', 'resume'])
  })

  test('a process in the background touches nothing until it is in front', () => {
    let inFront = false
    const { terminal, keys } = keysOn(() => inFront)
    keys.attach()
    expect([terminal.calls, terminal.listenerCount('data')]).toEqual([[], 0])
    inFront = true
    keys.attach()
    expect(keys.active).toBe(true)
  })

  test('a terminal that is gone is let go', () => {
    const { terminal, keys } = keysOn()
    keys.attach()
    terminal.emit('error', new Error('read EIO'))
    expect(keys.active).toBe(false)
  })
})
