// Choosing: a cast for a new room, or a room that is under way.
import { get, post } from "../shared/api.js";
import { $, make } from "../shared/dom.js";
import { view } from "../shared/views.js";
import { about, listed, portrait } from "./people.js";

const NAME = "troupe.name";
// Characters that are chosen to begin with, so that one click begins a talk.
const CHOSEN = 2;

/** The name that the person goes by. */
export const ownName = () => $("own-name").value.trim() || "Guest";

/** Shows the lobby; `enter` is called with the room that somebody wants into, or with what makes it. */
export function showLobby(characters, rooms, enter) {
  $("own-name").value = sessionStorage.getItem(NAME) ?? "";
  showChoices(characters);
  showRooms(rooms, characters, enter);
  $("new-room-fault").textContent = "";
  $("make-room").disabled = false;
  $("new-room").onsubmit = (event) => {
    event.preventDefault();
    begin(characters, enter);
  };
  view("lobby");
}

function showChoices(characters) {
  const choices = characters.all().map((character, index) => {
    const box = make("input", { type: "checkbox", name: "character", value: character.id, checked: index < CHOSEN });
    const label = make(
      "label",
      { class: "choice" },
      box,
      portrait(character.name, characters.hue(character.id)),
      make(
        "span",
        { class: "words" },
        make("span", { class: "name" }, character.name),
        make("span", { class: "manner" }, character.temperament),
        make("span", { class: "about" }, about(character.persona)),
      ),
    );
    return make("li", {}, label);
  });
  if (!choices.length) choices.push(make("li", { class: "none" }, "This project has no characters yet."));
  $("choices").replaceChildren(...choices);
}

function showRooms(rooms, characters, enter) {
  const items = rooms.map((room) => {
    const cast = room.participants.map((participant) => characters.name(participant.characterId));
    const button = make("button", { type: "button", class: "quiet" }, "Join", make("span", { class: "seen-by-readers" }, ` ${room.name}`));
    button.addEventListener("click", () => enter(room));
    const words = make(
      "span",
      { class: "words" },
      make("span", { class: "name" }, room.name),
      make("span", { class: "about" }, cast.length ? `with ${listed(cast)}` : "nobody on stage yet"),
    );
    return make("li", {}, words, button);
  });
  if (!items.length) items.push(make("li", { class: "none" }, "None just now."));
  $("rooms").replaceChildren(...items);
}

function begin(characters, enter) {
  const cast = [...document.querySelectorAll("#choices input:checked")].map((box) => box.value);
  if (!cast.length) {
    $("new-room-fault").textContent = "Choose at least one character.";
    document.querySelector("#choices input")?.focus();
    return;
  }
  sessionStorage.setItem(NAME, $("own-name").value.trim());
  $("make-room").disabled = true;
  const scene = $("scene").value.trim();
  const ambience = $("ambience").value;
  enter(async () => {
    const room = await post("/v1/rooms", {
      name: $("room-name").value.trim() || listed(cast.map((id) => characters.name(id))),
      mode: $("scripted").checked ? "scripted" : "freeform",
      record: $("record").checked,
      ...(scene && { scenePrompt: scene }),
      ...(ambience && { ambience }),
    });
    for (const characterId of cast) await post(`/v1/rooms/${room.id}/participants`, { characterId });
    return get(`/v1/rooms/${room.id}`);
  });
}
