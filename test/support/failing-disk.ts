/**
 * Makes the n-th call to the file system fail, as SQLite's tests do, by replacing functions of `node:fs`. Only calls with a path below one
 * folder, or with a file opened there, are counted.
 */
import fs from 'node:fs'
import promises, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'

const WORDS = { EIO: 'i/o error', ENOSPC: 'no space left on device', EACCES: 'permission denied' } as const
/** The error code with which a file system call fails. */
export type DiskFailure = keyof typeof WORDS

/** One call to the file system: the name of the function and the path of the file. */
export interface DiskCall {
  readonly name: string
  readonly path: string
}

const SYNC = [
  'accessSync appendFileSync closeSync fstatSync fsyncSync ftruncateSync linkSync lstatSync mkdirSync openSync readFileSync readSync',
  'readdirSync realpathSync renameSync rmSync statSync truncateSync unlinkSync writeFileSync writeSync',
]
  .join(' ')
  .split(' ')
const ASYNC = [
  'access',
  'appendFile',
  'mkdir',
  'open',
  'readFile',
  'readdir',
  'realpath',
  'rename',
  'rm',
  'stat',
  'truncate',
  'unlink',
  'writeFile',
]
const ON_HANDLES = ['write', 'writeFile', 'sync', 'datasync', 'truncate', 'stat', 'read', 'close'] as const

type Call = (...args: unknown[]) => unknown

/**
 * Runs `action` while the `nth` counted call below `folder` fails with `failure` (0: none fails), and returns the counted calls. A file
 * whose `close` fails is closed nevertheless, as operating systems do.
 */
export async function withFailingDisk(
  { folder, nth, failure }: { readonly folder: string; readonly nth: number; readonly failure: DiskFailure },
  action: () => Promise<void>,
): Promise<DiskCall[]> {
  const calls: DiskCall[] = []
  const files = new Map<number, string>()
  const inside = (value: unknown): string | undefined => {
    if (typeof value === 'number') return files.get(value)
    const path = typeof value === 'string' ? resolve(value) : ''
    return path.startsWith(`${folder}${sep}`) ? path : undefined
  }
  /** Counts a call; throws when it is the one that has to fail. */
  const count = (name: string, path: string): void => {
    calls.push({ name, path })
    if (calls.length !== nth) return
    throw Object.assign(new Error(`${failure}: ${WORDS[failure]}, ${name} '${path}'`), { code: failure, syscall: name, path })
  }
  const guarded = (name: string, path: string | undefined, run: () => unknown): unknown => {
    if (path === undefined) return run()
    if (!name.startsWith('close')) count(name, path)
    const value = run()
    if (name.startsWith('close')) count(name, path)
    return value
  }
  const undo = [
    ...SYNC.map((name) =>
      replace(fs, name, (real) => (...args) => {
        const path = inside(args[0])
        const value = guarded(name, path, () => real(...args))
        if (name === 'openSync' && path !== undefined) files.set(Number(value), path)
        if (name === 'closeSync') files.delete(Number(args[0]))
        return value
      }),
    ),
    replace(fs, 'fsync', (real) => (file, done) => {
      const path = inside(file)
      try {
        if (path !== undefined) count('fsync', path)
        real(file, done)
      } catch (error) {
        if (typeof done === 'function') done(error)
      }
    }),
    ...ASYNC.map((name) =>
      replace(promises, name, (real) => async (...args) => {
        const path = inside(args[0])
        const value = await guarded(name, path, () => real(...args))
        return name === 'open' && path !== undefined ? counted(value as FileHandle, path, guarded) : value
      }),
    ),
  ]
  syncBuiltinESMExports()
  try {
    await action()
  } finally {
    for (const one of undo) one()
    syncBuiltinESMExports()
  }
  return calls
}

/** Replaces a function of a module; returns a function that restores it. */
function replace(module: object, name: string, wrap: (real: Call) => Call): () => void {
  const own = module as Record<string, Call>
  const real = own[name]
  if (real === undefined) throw new Error(`node:fs has no ${name}`)
  own[name] = wrap(real)
  return () => {
    own[name] = real
  }
}

/** A file handle whose calls are counted as well. */
function counted(
  file: FileHandle,
  path: string,
  guarded: (name: string, path: string, run: () => unknown) => unknown,
): FileHandle {
  return new Proxy(file, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      const isCounted = ON_HANDLES.some((name) => name === key)
      return isCounted
        ? async (...args: unknown[]) => {
            if (key !== 'close') return await guarded(`${String(key)} of open`, path, () => value.apply(target, args))
            await value.apply(target, args)
            return guarded('close of open', path, () => undefined)
          }
        : value.bind(target)
    },
  })
}
