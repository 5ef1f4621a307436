import { englishVoices } from './english.ts';
import { latinVoices } from './latin.ts';
import { otherScriptVoices } from './other-scripts.ts';

export const voices = { ...englishVoices, ...latinVoices, ...otherScriptVoices };

export type VoiceName = keyof typeof voices;
