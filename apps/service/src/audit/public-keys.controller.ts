import { Controller, Get, Inject, Query, Res } from '@nestjs/common'
import { ApiOperation, ApiProduces, ApiPropertyOptional, ApiTags } from '@nestjs/swagger'
import { IsIn } from 'class-validator'
import type { FastifyReply } from 'fastify'
import { readAdoptedKeys, type Verifier } from '#audit-log'
import type { EventStore } from '#event-store'
import { Optional, RequireScopes } from '#platform'
import { EVENT_STORE, SIGNING } from '../tokens.js'
import type { Signing } from './open-signing.js'

const formats = ['pem', 'vkey'] as const

class PublicKeyQuery {
  @ApiPropertyOptional({ enum: formats, description: 'Default pem; vkey: the verifier string of C2SP signed notes.' })
  @Optional()
  @IsIn([...formats])
  format?: (typeof formats)[number]
}

/** What signatures are checked with. */
@ApiTags('audit')
@RequireScopes('audit:read')
@Controller('v1/audit')
export class PublicKeysController {
  constructor(
    @Inject(SIGNING) private readonly signing: Signing,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Get('public-key')
  @ApiProduces('application/x-pem-file', 'text/plain')
  @ApiOperation({ summary: 'The public key of the one that signs' })
  async publicKey(@Query() { format = 'pem' }: PublicKeyQuery, @Res() reply: FastifyReply): Promise<void> {
    const { verifier } = this.signing
    if (format === 'vkey') await reply.header('Content-Type', 'text/plain; charset=utf-8').send(`${verifier.vkey}\n`)
    else await reply.header('Content-Type', 'application/x-pem-file').send(pemOf(verifier))
  }

  @Get('public-keys')
  @ApiOperation({
    summary: 'All keys that have signed, the first one first',
    description: '`statement`: a note by the key before that vouches for this one; null for the first.',
  })
  async publicKeys() {
    const keys = await readAdoptedKeys(this.store)
    const items = keys.map(({ verifier, statement, adoptedAt }, index) => ({
      keyId: verifier.keyId,
      vkey: verifier.vkey,
      pem: pemOf(verifier),
      adoptedAt,
      current: index === keys.length - 1,
      statement,
    }))
    return { items, nextCursor: null }
  }
}

const pemOf = ({ publicKey }: Verifier): string => publicKey.export({ type: 'spki', format: 'pem' }).toString()
