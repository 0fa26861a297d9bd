// What can go wrong on the stage, in words.
import { COMMON, showTrouble as show } from "../shared/trouble_sheet.js";

const TROUBLES = {
  ...COMMON,
  refused: {
    title: "The microphone is blocked",
    what: "Your browser does not let this page use the microphone.",
    todo: "Allow it in the browser's settings for this site, then try again. Or join without it, and type.",
  },
  missing: {
    title: "There is no microphone",
    what: "No microphone was found on this device.",
    todo: "Connect one, then try again. Or join without it: you hear the characters, and type.",
  },
  busy: {
    title: "The microphone is taken",
    what: "Another program is using the microphone.",
    todo: "Close that program, then try again. Or join without it, and type.",
  },
  unusable: {
    title: "The microphone can't be used",
    what: "The browser could not open the microphone.",
    todo: "Try another one, then try again. Or join without it, and type.",
  },
  unoffered: {
    title: "This browser offers no microphone here",
    what: "Browsers give a microphone only to pages that come over https, or from this machine itself.",
    todo: "Open the page over https, or on the machine where the server runs. Or join without it, and type.",
  },
  livekit: {
    title: "The voice server does not answer",
    what: "The page reached Troupe, but not the LiveKit server that carries the sound.",
    todo: "Check your network. If the server is yours, see whether LiveKit runs at the address that `LIVEKIT_PUBLIC_URL` names.",
  },
  lost: {
    title: "The connection is lost",
    what: "The sound of the room does not reach you any more. The talk may go on without you.",
    todo: "Check your network, then come back in.",
  },
  elsewhere: {
    title: "You are in this room in another window",
    what: "The same person joined from elsewhere, so this window let go.",
    todo: "Go on there, or come back in here.",
  },
  full: {
    title: "The project has too much going on",
    what: "No more rooms may play just now.",
    todo: "End a room that nobody needs, or try again later.",
  },
};

/** Shows a trouble; each of `ways` is a button's text and what it does. */
export const showTrouble = (trouble, ways) => show(TROUBLES, trouble, ways);
