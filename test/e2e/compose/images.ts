import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serverPath } from '../../servers/index.js'
import type { Service } from './compose-file.js'

/** The parts of an image that its services need: the program of that image on this machine. */
export interface Image {
  /** The program, before the service's command. */
  readonly entrypoint: readonly string[]
  /** `SOURCE:TARGET:ro`: its programs and files. */
  readonly mounts: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** `user:group`, as numbers. */
  readonly user: string
  readonly folder: string
  /** Owner of its folders, if not root: a new volume gets the same owner. */
  readonly ownerOf: Readonly<Record<string, number>>
}

const NODE_USER = 1000
const NOBODY = 65_534
const APPLETS = ['sleep', 'chown', 'wget']

/** Returns the image of a service. @throws Error if its program is not available here */
export function imageOf({ image, build }: Service): Image {
  const nothing = { environment: {}, user: '0:0', folder: '/', ownerOf: {}, entrypoint: [] }
  if (build !== undefined) {
    const { environment, user, folder } = readDockerfile(join(build.context, build.dockerfile))
    if (user !== 'node') throw new Error(`the number of the user ${user} in node's image is unknown`)
    // One by one, because only its owner may read the folder itself, as for a clone in a temporary folder.
    const files = readdirSync(build.context).filter((name) => !name.startsWith('.'))
    const copied = files.map((name) => `${join(build.context, name)}:${join(folder, name)}:ro`)
    const mounts = [program(process.execPath, 'node'), ...copied]
    return { ...nothing, environment, folder, user: `${NODE_USER}:${NODE_USER}`, mounts }
  }
  const name = image?.split(':')[0] ?? ''
  if (name === 'busybox') return { ...nothing, mounts: busybox() }
  if (name === 'otel/opentelemetry-collector-contrib') {
    const mounts = [program(serverPath('collector'), 'otelcol-contrib')]
    return { ...nothing, entrypoint: ['otelcol-contrib'], mounts, user: '10001:10001' }
  }
  if (name === 'prom/prometheus') {
    const mounts = [program(serverPath('prometheus'), 'prometheus'), ...busybox()]
    const ownerOf = { '/prometheus': NOBODY }
    return { ...nothing, entrypoint: ['prometheus'], mounts, user: `${NOBODY}:${NOBODY}`, ownerOf }
  }
  throw new Error(`no program for ${image}`)
}

const program = (path: string, name: string): string => `${path}:/image/bin/${name}:ro`

/** One program with many names, which depends on the name by which it was called. */
const busybox = (): readonly string[] => APPLETS.map((applet) => program(serverPath('busybox'), applet))

/** Environment, user and folder of the image, from the last stage of a Dockerfile. */
function readDockerfile(path: string) {
  const stage =
    readFileSync(path, 'utf8')
      .split(/^FROM /m)
      .at(-1) ?? ''
  const all = (instruction: string): readonly string[] =>
    [...stage.matchAll(new RegExp(`^${instruction} (.+)$`, 'gm'))].map(([, rest]) => rest ?? '')
  const environment = Object.fromEntries(all('ENV').map((pair) => pair.split('=', 2)))
  return { environment, user: all('USER').at(-1) ?? 'root', folder: all('WORKDIR').at(-1) ?? '/' }
}
