import { DivisionError } from '../errors.ts';
import type { ResourceFamily } from '../mcp/define-resource.ts';
import { knowledgeFiles } from '../model/knowledge.ts';
import type { FrontEnd } from '../ports.ts';
import { knowledgeAddress, knowledgeFileView } from '../views/knowledge-view.ts';

const knowledge: ResourceFamily<FrontEnd> = {
  name: 'knowledge',
  title: 'Knowledge base',
  description: 'One file of what the division learnt, newest first, each entry fenced as untrusted.',
  uri: 'gm://knowledge/{file}',
  keepMs: 0,
  async read(front, { file: named = '' }) {
    const file = knowledgeFiles.find(known => known === named);
    if (file === undefined) {
      throw new DivisionError('NOT_FOUND', 'there is no such file', `the files are: ${knowledgeFiles.join(', ')}`);
    }
    const { entries, problems } = await front.knowledge.file(file);
    return { simulated: front.config.simulated, ...knowledgeFileView(file, entries, problems) };
  },
  list: async () => knowledgeFiles.map(file => ({ uri: knowledgeAddress(file), name: `Knowledge: ${file}` })),
  complete: { file: async () => knowledgeFiles },
};

export const knowledgeResources: readonly ResourceFamily<FrontEnd>[] = [knowledge];
