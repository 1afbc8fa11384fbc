import { Controller, Get, Header, Param } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { eventSchema, eventSchemas } from '#feed'
import { Problem, Public } from '#platform'

/** What an event's `dataschema` leads to: the JSON Schema of its `data`. */
@ApiExcludeController()
@Public()
@Controller('schemas')
export class SchemasController {
  @Get()
  list() {
    return { items: eventSchemas, nextCursor: null }
  }

  @Get(':type/:version')
  @Header('Content-Type', 'application/schema+json; charset=utf-8')
  find(@Param('type') type: string, @Param('version') version: string) {
    const schema = eventSchema(type, version)
    if (!schema) throw new Problem({ type: 'not-found', detail: 'There is no such type of event, or none of that version.' })
    return schema
  }
}
