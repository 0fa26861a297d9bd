// What can go wrong for a respondent, in words for somebody who was sent a link and knows nothing else.
import { showTrouble as show } from "../shared/trouble_sheet.js";

const VALID = "Your link stays valid.";
const VOICE = {
  title: "Your voice can't get through",
  what: "The page works, but the line that carries your voice could not be opened.",
  todo: `Try again in a minute. If it stays so, use another network: some of companies and hotels let no calls through. ${VALID}`,
};
const TROUBLES = {
  server: {
    title: "The page can't reach the server",
    what: "Your network may be away, or the server.",
    todo: `Check your network, then try again. ${VALID}`,
  },
  voice: VOICE,
  livekit: VOICE,
  full: {
    title: "There are too many interviews just now",
    what: "No other can be started at the moment.",
    todo: `Please try again later. ${VALID}`,
  },
  lost: {
    title: "The connection is lost",
    what: "The interviewer does not hear you any more. What you said until now is kept.",
    todo: "Check your network, then go on where you were. Without you the interview ends after 5 minutes.",
  },
  unplugged: {
    title: "Your microphone is gone",
    what: "It was unplugged or switched off, so the interviewer does not hear you. What you said until now is kept.",
    todo: "Connect it or another one, then go on where you were. Without you the interview ends after 5 minutes.",
  },
  elsewhere: {
    title: "The interview goes on in another window",
    what: "You opened it there as well, so this window let go.",
    todo: "Go on there and close this window, or come back here.",
  },
  unended: {
    title: "The server does not know that you have ended",
    what: "You have left the interview, and nobody hears you, but the server could not be told.",
    todo: "Try again, or just close this page: without you the interview ends after 5 minutes.",
  },
  other: {
    title: "That did not work",
    what: "The server is in trouble.",
    todo: `Please try again in a minute. ${VALID}`,
  },
};

// Why there is no microphone, and what to do before it is checked again.
const NO_MICROPHONE = {
  refused:
    "Your browser does not let this page use the microphone. Allow it: press the sign beside the page's address, or look in the browser's settings for this site. Then check again.",
  missing: "No microphone was found. Connect one or switch it on, then check again.",
  busy: "Another program is using the microphone. Close that program, then check again.",
  unusable: "The microphone could not be opened. Connect it anew, or use another one, then check again.",
  unoffered: "This browser offers no microphone to this page. Please open the link in a current Chrome, Firefox, Safari or Edge.",
};

/** Shows a trouble; `again` is a button's text and what it does. */
export const showTrouble = (trouble, again) => show(TROUBLES, trouble, [again]);

/** What to say of a microphone that can't be had. */
export const saidOf = ({ kind }) => NO_MICROPHONE[kind] ?? NO_MICROPHONE.unusable;
