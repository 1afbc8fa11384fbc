import { Controller, Get, Param } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { Public } from '../auth/decorators.js'
import { Problem } from './problem.js'
import { problemTypes, type ProblemType } from './problem-types.js'

/** What a problem's `type` leads to: a word on what it means. */
@ApiExcludeController()
@Public()
@Controller('problems')
export class ProblemsController {
  @Get()
  list() {
    return { items: Object.keys(problemTypes).map((slug) => this.find(slug)), nextCursor: null }
  }

  @Get(':slug')
  find(@Param('slug') slug: string) {
    if (!Object.hasOwn(problemTypes, slug)) throw new Problem({ type: 'not-found', detail: 'There is no such type of problem.' })
    return { type: `/problems/${slug}`, ...problemTypes[slug as ProblemType] }
  }
}
