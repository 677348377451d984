/** Modules loaded before the command: they break something in Node under it, or watch what it loads. The command itself knows nothing of them. */
import type { Home } from './harness.ts'

const THROW = "throw new Error('provoked by the test')"

/** Sends the process a signal when it reads a file for the first time. Node handles it when its event loop goes on. */
function signalAt(signal: NodeJS.Signals, file: string): string {
  return `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { openSync, readFileSync } = fs
    let sent = false
    const watched = (read) => (path, ...rest) => {
      if (!sent && String(path).endsWith('${file}')) process.kill(process.pid, '${signal}')
      sent ||= String(path).endsWith('${file}')
      return read(path, ...rest)
    }
    fs.openSync = watched(openSync)
    fs.readFileSync = watched(readFileSync)
    syncBuiltinESMExports()`
}

const BREAKS = {
  /** The first failed attempt cannot be counted. */
  'Map.get of http_status': `
    const get = Map.prototype.get
    Map.prototype.get = function (key) {
      if (typeof key === 'string' && key.includes('"http_status"')) ${THROW}
      return get.call(this, key)
    }`,
  /** A timer of the generator's own watch breaks once, after it went well for a while. */
  'beat once': `
    const { setInterval } = globalThis
    let calls = 0
    globalThis.setInterval = (callback, ms, ...rest) => setInterval(() => {
      if (ms <= 50 && ++calls === 20) ${THROW}
      callback()
    }, ms, ...rest)`,
  /** What the generator says of itself, which each result holds, can never be read. */
  'usage always': `
    process.resourceUsage = () => { ${THROW} }`,
  /** The disk refuses one file. */
  'rename of junit': `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { renameSync } = fs
    fs.renameSync = (from, to) => {
      if (String(to).endsWith('junit.xml')) throw Object.assign(new Error('ENOSPC: provoked by the test'), { code: 'ENOSPC' })
      renameSync(from, to)
    }
    syncBuiltinESMExports()`,
  'rename of result': `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { renameSync } = fs
    fs.renameSync = (from, to) => {
      if (String(to).endsWith('result.json')) throw Object.assign(new Error('ENOSPC: provoked by the test'), { code: 'ENOSPC' })
      renameSync(from, to)
    }
    syncBuiltinESMExports()`,
  /** The disk is full as long as the journal takes more than 3000 bytes of it. */
  'room beside the journal': `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { renameSync, statSync } = fs
    fs.renameSync = (from, to) => {
      if (statSync('out/sessions.jsonl').size > 3000)
        throw Object.assign(new Error('ENOSPC: provoked by the test'), { code: 'ENOSPC' })
      renameSync(from, to)
    }
    syncBuiltinESMExports()`,
  /** A read-only disk, of which Node's recursive mkdir says that the folder is not there. */
  'making folders': `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    fs.mkdirSync = (path, options) => {
      const [code, words] = options?.recursive ? ['ENOENT', 'no such file or directory'] : ['EROFS', 'read-only file system']
      throw Object.assign(new Error(code + ': ' + words + ', mkdir ' + path), { code })
    }
    syncBuiltinESMExports()`,
  /** A signal arrives while the program is loaded: when its largest file is read. */
  'SIGTERM at burn.cjs': signalAt('SIGTERM', 'burn.cjs'),
  'SIGINT at the scenario': signalAt('SIGINT', 's.json'),
  /** A signal arrives when the result is made and a report of it is being written. */
  'SIGINT at junit': `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { renameSync } = fs
    fs.renameSync = (from, to) => {
      if (String(to).endsWith('junit.xml')) process.kill(process.pid, 'SIGINT')
      renameSync(from, to)
    }
    syncBuiltinESMExports()`,
  /** The process stops itself when it has written a part of its requests, until somebody lets it go on. */
  'stops in the middle': `
    import { Socket } from 'node:net'
    const { write } = Socket.prototype
    let written = 0
    Socket.prototype.write = function (...args) {
      if (this.remoteAddress !== undefined && ++written === 25) process.kill(process.pid, 'SIGSTOP')
      return Reflect.apply(write, this, args)
    }`,
  /** One worker is never ready, and its id is in the file `held`. Workers have a channel to the process that forked them. */
  'start of one worker': `
    import { writeFileSync } from 'node:fs'
    const isFirst = () => {
      try {
        writeFileSync('held', String(process.pid), { flag: 'wx' })
        return true
      } catch {
        return false
      }
    }
    if (process.send && isFirst()) await new Promise(() => setInterval(() => {}, 1e9))`,
  /** Connections are never made, as behind a firewall that drops packets. */
  'connecting hangs': `
    import net from 'node:net'
    import { syncBuiltinESMExports } from 'node:module'
    net.connect = () => new net.Socket()
    syncBuiltinESMExports()`,
} as const

/** Arguments for Node that break this. */
export function breaking(home: Home, what: keyof typeof BREAKS): string[] {
  return ['--import', `./${home.write('preload.mjs', BREAKS[what])}`]
}

/** Arguments for Node that write into `loaded.txt` which files and packages it loads, and at the end which of its own modules it has. */
export function listingModules(home: Home): string[] {
  const text = `
    import { appendFileSync } from 'node:fs'
    import { registerHooks } from 'node:module'
    import vm from 'node:vm'
    const write = (name) => appendFileSync('loaded.txt', name + '\\n')
    registerHooks({ load(url, context, next) { write(url); return next(url, context) } })
    const { Script } = vm
    vm.Script = class extends Script { constructor(text, options) { write('file://' + options.filename); super(text, options) } }
    process.on('exit', () => write('node: ' + process.moduleLoadList.join(' ')))`
  return ['--import', `./${home.write('preload.mjs', text)}`]
}
