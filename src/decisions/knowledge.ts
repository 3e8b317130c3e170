/** What the division learnt, and how it is found again (seed lines 603-614). */
export { capacitySample } from './knowledge/capacity-sample.ts';
export { isFields, readJsonValues } from './knowledge/json-values.ts';
export { countedMark, knownPattern } from './knowledge/known-pattern.ts';
export { patternIdOf, withLesson, withOperation } from './knowledge/learn.ts';
export { lessonOf } from './knowledge/lesson.ts';
export { citedPatterns, type FoundPattern, findPatterns } from './knowledge/retrieve.ts';
