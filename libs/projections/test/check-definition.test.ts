import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { checkDefinition, projectionDefinitions } from '#projections'

const given = (source: string) => () => checkDefinition({ name: 'p', version: 1, emits: true, source })

describe('the check before a text is sent', () => {
  it('given the projections of the ledger, then they pass, and handle facts of rooms', () => {
    for (const definition of projectionDefinitions) {
      const { category, types } = checkDefinition(definition)
      expect([category, types?.has('RoomDestroyed'), types?.has('RequestAccepted')]).toEqual(['room', true, false])
    }
  })

  it.each([
    ['does not compile', "fromCategory('room').when({", /projection p: SyntaxError/],
    ['calls what is not there', "fromKitchen('room').when({})", /projection p: .*fromKitchen/],
    ['throws as it defines itself', "throw new Error('no')", /projection p: no/],
    ['names no source', 'on_any(() => {})', /projection p: the text names no source/],
    ['does not end', 'for (;;);', /projection p: the script took more than/],
    ['reads the whole log', 'fromAll().when({ A: () => {} })', /projection p: .*one category/],
    ['reads two categories', "fromCategory('a', 'b').when({ A: () => {} })", /projection p: .*one category/],
  ])('given a text that %s, then it is refused by name', (_, source, message) => {
    expect(given(source)).toThrow(message)
  })
})

/** What the engine of EventStoreDB 22.10 was seen to lack, and what is too new to rely on there. */
const beyond = (source: string): string[] => {
  const found: string[] = []
  const missing = new Set([
    'replaceAll',
    'matchAll',
    'structuredClone',
    'findLast',
    'findLastIndex',
    'toSorted',
    'toReversed',
    'with',
    'hasOwn',
    'groupBy',
  ])
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node)) found.push('class')
    if (ts.isNewExpression(node) && node.expression.getText() !== 'Error') found.push(`new ${node.expression.getText()}`)
    if (ts.isRegularExpressionLiteral(node) && /\(\?<|\\p\{|\/[a-z]*[sdvy][a-z]*$/.test(node.text)) found.push(node.text)
    if (ts.isPropertyAccessExpression(node) && missing.has(node.name.text)) found.push(node.name.text)
    if (ts.isPrivateIdentifier(node) || ts.isAwaitExpression(node) || ts.isYieldExpression(node)) found.push(ts.SyntaxKind[node.kind])
    if (ts.isBinaryExpression(node) && /^(\?\?|\|\||&&)=$/.test(node.operatorToken.getText())) found.push(node.operatorToken.getText())
    if (ts.isIdentifier(node) && ['Date', 'Promise', 'Intl', 'Symbol', 'Proxy', 'WeakRef', 'eval'].includes(node.text))
      found.push(node.text)
    if (ts.isCallExpression(node) && node.getText().startsWith('Math.random')) found.push('Math.random')
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('p.js', source, ts.ScriptTarget.Latest, true))
  return found
}

describe('the JavaScript of EventStoreDB 22.10', () => {
  it.each(projectionDefinitions.map((definition) => [definition.name, definition.source]))(
    'given %s, then it stays within it',
    (_, source) => {
      expect(beyond(source)).toEqual([])
    },
  )

  it('given a text that does not, then it is seen', () => {
    expect(beyond('class A {}; new A(); a.replaceAll(/(?<n>x)/, b); a ??= new Date(); Math.random()')).toEqual([
      'class',
      'new A',
      'replaceAll',
      '/(?<n>x)/',
      '??=',
      'new Date',
      'Date',
      'Math.random',
    ])
  })
})
