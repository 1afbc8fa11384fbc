import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface Mount {
  readonly type: string
  /** A volume's name, or the absolute path of a file. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** What compose makes of one service, as far as anything is asserted of it. */
export interface ComposeService {
  readonly image: string
  readonly built: boolean
  readonly environment: Readonly<Record<string, string>>
  readonly user: string | undefined
  readonly readOnly: boolean
  readonly tmpfs: readonly string[]
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly securityOpt: readonly string[]
  readonly networkMode: string | undefined
  readonly restart: string | undefined
  readonly entrypoint: readonly string[] | undefined
  readonly healthcheck: readonly string[] | undefined
  /** Name → condition. */
  readonly dependsOn: Readonly<Record<string, string>>
  readonly mounts: readonly Mount[]
  /** `address:port on the host:port in the container` */
  readonly ports: readonly string[]
}

export interface ComposeModel {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: readonly string[]
}

interface RawService {
  image?: string
  build?: unknown
  environment?: Record<string, unknown>
  user?: string
  read_only?: boolean
  tmpfs?: string[]
  cap_add?: string[]
  cap_drop?: string[]
  security_opt?: string[]
  network_mode?: string
  restart?: string
  entrypoint?: string[] | null
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  volumes?: (string | { type: string; source: string; target: string; read_only?: boolean })[]
  configs?: { source: string; target: string }[]
  secrets?: { source: string; target: string }[]
  ports?: (string | { host_ip?: string; published: string; target: number })[]
}

/** A compose file's content with its variables filled in: as compose prints it, or as it stands in the file. */
export interface RawCompose {
  services: Record<string, RawService & { profiles?: string[] }>
  volumes?: Record<string, unknown>
  configs?: Record<string, { file: string }>
  secrets?: Record<string, { file: string }>
}

export const toModel = ({ services, volumes = {}, configs = {}, secrets = {} }: RawCompose): ComposeModel => {
  const files = (kind: Record<string, { file: string }>, used: RawService['configs'] = []): Mount[] =>
    used.map(({ source, target }) => ({ type: 'file', source: resolve(root, kind[source]?.file ?? source), target, readOnly: true }))
  const toService = (raw: RawService): ComposeService => ({
    image: raw.image ?? '',
    built: raw.build !== undefined,
    environment: Object.fromEntries(Object.entries(raw.environment ?? {}).map(([name, value]) => [name, String(value)])),
    user: raw.user,
    readOnly: raw.read_only ?? false,
    tmpfs: raw.tmpfs ?? [],
    capAdd: raw.cap_add ?? [],
    capDrop: raw.cap_drop ?? [],
    securityOpt: raw.security_opt ?? [],
    networkMode: raw.network_mode,
    restart: raw.restart,
    entrypoint: raw.entrypoint ?? undefined,
    healthcheck: raw.healthcheck?.test,
    dependsOn: Object.fromEntries(Object.entries(raw.depends_on ?? {}).map(([name, { condition }]) => [name, condition])),
    mounts: [...(raw.volumes ?? []).map(toMount), ...files(configs, raw.configs), ...files(secrets, raw.secrets)],
    ports: (raw.ports ?? []).map((port) => (typeof port === 'string' ? port : `${port.host_ip}:${port.published}:${port.target}`)),
  })
  return {
    services: Object.fromEntries(Object.entries(services).map(([name, raw]) => [name, toService(raw)])),
    volumes: Object.keys(volumes).toSorted(),
  }
}

const toMount = (volume: NonNullable<RawService['volumes']>[number]): Mount => {
  if (typeof volume !== 'string')
    return { type: volume.type, source: volume.source, target: volume.target, readOnly: volume.read_only ?? false }
  const [source = '', target = '', mode] = volume.split(':')
  const isPath = /^[./~]/.test(source)
  return { type: isPath ? 'bind' : 'volume', source: isPath ? resolve(root, source) : source, target, readOnly: mode === 'ro' }
}
