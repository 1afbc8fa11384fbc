import { Controller, Get, Headers, Param, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { Public } from '../auth/decorators.js'
import { Problem } from './problem.js'
import { problemTypes, type ProblemType } from './problem-types.js'
import { problemPage } from './problems-page.js'

/** What a problem's `type` leads to: a word on what it means, as a page for a browser and as JSON for the rest. */
@ApiExcludeController()
@Public()
@Controller('problems')
export class ProblemsController {
  @Get()
  list() {
    return { items: Object.keys(problemTypes).map(describe), nextCursor: null }
  }

  @Get(':slug')
  find(@Param('slug') slug: string, @Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    if (!isType(slug)) throw new Problem({ type: 'not-found', detail: 'There is no such type of problem.' })
    if (!accept?.includes('text/html')) return describe(slug)
    void reply.header('Content-Type', 'text/html; charset=utf-8')
    return problemPage(slug)
  }
}

const isType = (slug: string): slug is ProblemType => Object.hasOwn(problemTypes, slug)
const describe = (slug: string) => ({ type: `/problems/${slug}`, ...problemTypes[slug as ProblemType] })
