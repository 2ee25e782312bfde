import type { Asked } from '../../explain/asked.ts';
import type { AdminSettings, TargetSettings } from '../settings.ts';

export interface ExplainOptions extends TargetSettings, AdminSettings {
  readonly policy: readonly string[];
  readonly live: boolean;
  readonly header: readonly (readonly [string, string])[];
  readonly from: string;
  readonly at?: string;
  readonly protocol: Asked['protocol'];
}
