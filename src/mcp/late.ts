/** Prompts and resources of which the lists are there at once, as JSON, and the rest when it is first asked for. */
import type { Prompt, PromptArgument } from './define-prompt.ts';
import type { Completion, ResourceFamily } from './define-resource.ts';

export interface ListedPrompt extends Pick<Prompt<never>, 'name' | 'title' | 'description'> {
  readonly arguments: readonly (Pick<PromptArgument<never>, 'description' | 'isRequired'> & {
    readonly name: string;
    readonly isCompleted: boolean;
  })[];
}

export interface ListedResource extends Omit<ResourceFamily<never>, 'read' | 'list' | 'complete'> {
  readonly hasList: boolean;
  /** Variables with completion. */
  readonly completed: readonly string[];
}

type Load<Item> = () => Promise<readonly Item[]>;

export const listedPrompt = <Context>({ name, title, description, ...prompt }: Prompt<Context>): ListedPrompt => ({
  name,
  title,
  description,
  arguments: Object.entries(prompt.arguments).map(([argument, { description: about, isRequired, complete }]) => ({
    name: argument,
    description: about,
    isRequired,
    isCompleted: complete !== undefined,
  })),
});

export function listedResource<Context>(family: ResourceFamily<Context>): ListedResource {
  const { name, title, description, uri, isUncounted, mimeType, keepMs, complete = {} } = family;
  const listed = {
    name,
    title,
    description,
    uri,
    keepMs,
    ...(mimeType !== undefined && { mimeType }),
    ...(isUncounted !== undefined && { isUncounted }),
  };
  return { ...listed, hasList: 'list' in family, completed: Object.keys(complete) };
}

async function named<Item extends { name: string }>(load: Load<Item>, name: string): Promise<Item> {
  const found = (await load()).find(item => item.name === name);
  if (found === undefined) throw new TypeError(`the list names ${name}, which there is not`);
  return found;
}

const completing =
  <Context>(find: () => Promise<Completion<Context> | undefined>): Completion<Context> =>
  async (...given) =>
    (await (await find())?.(...given)) ?? [];

export function latePrompts<Context>(
  listing: readonly ListedPrompt[],
  load: Load<Prompt<Context>>,
): readonly Prompt<Context>[] {
  return listing.map(({ name, title, description, arguments: listed }) => {
    const prompt = () => named(load, name);
    const late = listed.map(({ name: argument, description: about, isRequired, isCompleted }) => {
      const complete = completing(async () => (await prompt()).arguments[argument]?.complete);
      return [argument, { description: about, isRequired, ...(isCompleted && { complete }) }];
    });
    return {
      name,
      title,
      description,
      arguments: Object.fromEntries(late) as Prompt<Context>['arguments'],
      render: async (...given) => (await prompt()).render(...given),
    };
  });
}

export function lateResources<Context>(
  listing: readonly ListedResource[],
  load: Load<ResourceFamily<Context>>,
): readonly ResourceFamily<Context>[] {
  return listing.map(({ hasList, completed, ...listed }) => {
    const family = () => named(load, listed.name);
    const list: NonNullable<ResourceFamily<Context>['list']> = async (...given) =>
      (await (await family()).list?.(...given)) ?? [];
    const complete = completed.map(variable => [
      variable,
      completing(async () => (await family()).complete?.[variable]),
    ]);
    return {
      ...listed,
      read: async (...given) => (await family()).read(...given),
      ...(hasList && { list }),
      ...(completed.length > 0 && { complete: Object.fromEntries(complete) as Record<string, Completion<Context>> }),
    };
  });
}
