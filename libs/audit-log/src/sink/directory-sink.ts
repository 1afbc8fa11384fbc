import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { CheckpointSink } from './checkpoint-sink.js'

/** A directory, perhaps of another disk or machine: `checkpoint-{size}.txt` for each, and `latest.txt`. */
export const directorySink = (place: string): CheckpointSink => {
  const folder = resolve(place)
  return {
    name: folder,
    latest: async (mustExist) => {
      if (mustExist) await assertThere(folder)
      return readFile(join(folder, 'latest.txt'), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw new Error(`${folder} cannot be read (${error.code ?? error.message})`, { cause: error })
      })
    },
    put: async (size, note) => {
      try {
        await mkdir(folder, { recursive: true })
        for (const name of [`checkpoint-${size}.txt`, 'latest.txt']) await putWhole(join(folder, name), note)
        await sync(folder)
      } catch (error) {
        throw new Error(`${folder} cannot be written (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`, {
          cause: error,
        })
      }
    },
  }
}

/** A disk that is not mounted would look like a place that has never held anything. */
const assertThere = async (folder: string): Promise<void> => {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new Error(`there is no directory ${folder}; make it only if it shall begin anew`)
}

/** Readers see the old one or the new one, also after a crash. */
const putWhole = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.${process.pid}.new`
  const file = await open(draft, 'w', 0o644)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

const sync = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const directory = await open(folder, 'r')
  await directory.sync().finally(() => directory.close())
}
