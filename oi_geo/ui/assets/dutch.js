// Streamlit has no words of its own in Dutch. This is the one place where the words of its widgets,
// menus and messages become Dutch, for the eye and for who has the page read out. Only what stands in
// Streamlit's own parts is touched; what comes from files or from this app is left as it is.
(() => {
  document.documentElement.lang = "nl";
  if (window.oiGeoDutch) return;

  const size = (number, unit) => `${number.replace(/\.0$/, "").replace(".", ",")} ${unit}`;
  // What a whole label or text says, and what it becomes.
  const WORDS = [
    [/^Help for (.+)$/s, "Uitleg bij $1"],
    [/^Help$/, "Uitleg"],
    [/^Link to heading$/, "Verwijzing naar dit kopje"],
    [/^Skip to main content$/, "Naar de inhoud"],
    [/^App pages$/, "Pagina's"],
    [/^Main menu$/, "Hoofdmenu"],
    [/^Open$/, "Openen"],
    [/^Close$/, "Sluiten"],
    [/^Dismiss$/, "Sluiten"],
    [/^Clear all$/, "Alles wissen"],
    [/^Clear value$/, "Wissen"],
    [/^Clear selection$/, "Keuze wissen"],
    [/^Select all$/, "Alles kiezen"],
    [/^Select (\d+) matches$/, "Deze $1 kiezen"],
    [/^Selected values$/, "Gekozen"],
    [/^Choose (an option|options)$/, "Kies"],
    [/^No (results|options)$/, "Niets gevonden"],
    [/^No options to select\.?$/, "Er is niets te kiezen"],
    [/^(Multiselect|Selectbox)( options)?$/, "Keuzes"],
    [/^0 options available\.$/, "Geen keuzes."],
    [/^1 option available\.$/, "1 keuze."],
    [/^(\d+) options available\.$/, "$1 keuzes."],
    [/^(.+), selected$/s, "$1, gekozen"],
    [/^Remove (.+)$/s, "$1 weghalen"],
    [/^Delete (.+)$/s, "$1 weghalen"],
    [/^Decrement$/, "Verlagen"],
    [/^Increment$/, "Verhogen"],
    [/^file upload$/, "Bestand"],
    [/^File Uploader$/, "Bestand"],
    [/^(Upload|Browse files)$/, "Bestand kiezen"],
    [/^Add files$/, "Ander bestand kiezen"],
    [/^Drag and drop .*$/, "Sleep een bestand hierheen"],
    [/^(?:Limit )?(\d+(?:\.\d+)?) ?([KMGT]?B) per file(?: • (.+))?$/,
      (_, number, unit, kinds) => `hoogstens ${size(number, unit)}${kinds ? ` • ${kinds}` : ""}`],
    [/^(\d+(?:\.\d+)?) ?([KMGT]?B)$/, (_, number, unit) => size(number, unit)],
    [/^File must be (\d+(?:\.\d+)?) ?([KMGT]?B) or smaller\.$/,
      (_, number, unit) => `Het bestand is te groot: hoogstens ${size(number, unit)}.`],
    [/^.* files are not allowed\.$/, "Deze soort bestand kan hier niet."],
    [/^Press (?:⌘|Ctrl)\+Enter to .*$/, "Druk op Ctrl+Enter om dit te gebruiken"],
    [/^Press Enter to .*$/, "Druk op Enter om dit te gebruiken"],
    [/^(?:(?:Error)?: )?Number is .*less than or equal to (.+?)\.?$/, "Dit getal is te groot: hoogstens $1."],
    [/^(?:(?:Error)?: )?Number is .*greater than or equal to (.+?)\.?$/, "Dit getal is te klein: ten minste $1."],
    [/^(?:(?:Error)?: )?Number is .*between (.+) and (.+?)\.?$/, "Dit getal ligt niet tussen $1 en $2."],
    [/^(?:(?:Error)?: )?Number is above the allowed range\.$/, "Dit getal is te groot."],
    [/^(?:(?:Error)?: )?Number is below the allowed range\.$/, "Dit getal is te klein."],
    [/^(?:(?:Error)?: )?(Invalid data type|Invalid input\.?)$/, "Dit is geen getal."],
    [/^Error$/, "Let op. "],
    [/^Show\/hide columns$/, "Kolommen tonen of verbergen"],
    [/^Download as CSV$/, "Opslaan als CSV"],
    [/^Search$/, "Zoeken"],
    [/^Type to search$/, "Typ om te zoeken"],
    [/^Close Search$/, "Zoeken sluiten"],
    [/^Previous Result$/, "Vorige"],
    [/^Next Result$/, "Volgende"],
    [/^(Fullscreen|Enter fullscreen)$/, "Volledig scherm"],
    [/^(Close|Exit) fullscreen$/, "Volledig scherm sluiten"],
    [/^Sort ascending$/, "Oplopend sorteren"],
    [/^Sort descending$/, "Aflopend sorteren"],
    [/^Autosize$/, "Breedte aanpassen"],
    [/^Pin column$/, "Kolom vastzetten"],
    [/^Unpin column$/, "Kolom losmaken"],
    [/^Hide column$/, "Kolom verbergen"],
    [/^Copy column name$/, "Naam van de kolom kopiëren"],
    [/^Dataframe column menu$/, "Menu van de kolom"],
    [/^Format$/, "Notatie"],
    [/^Statistics$/, "Verdeling"],
    [/^(RUNNING|Running)\.\.\.$/, "Bezig …"],
    [/^Stop$/, "Stoppen"],
    [/^Stopping\.\.\.$/, "Stopt …"],
    [/^Rerun$/, "Opnieuw"],
    [/^Always rerun$/, "Altijd opnieuw"],
    [/^File change\.$/, "Er is een nieuwe versie."],
    [/^Settings$/, "Instellingen"],
    [/^Print$/, "Afdrukken"],
    [/^Deploy$/, "Publiceren"],
    [/^Clear (cache|caches)$/, "Geheugen legen"],
    [/^Connecting\.*$/i, "Verbinding maken …"],
    [/^Connection error$/, "Geen verbinding"],
    [/^Is Streamlit still running\?.*$/s,
      "De app antwoordt niet. Draait zij nog? Start haar zo nodig opnieuw en ververs deze pagina."],
    [/^Connection (lost|failed|timed out|closed)\b.*$/s,
      "De app antwoordt niet. Wacht tot er weer verbinding is en probeer het dan opnieuw."],
    [/^Page not found$/, "Deze pagina bestaat niet"],
    [/^.*page that you have requested does not seem to exist.*$/s, "U ziet nu de eerste pagina."],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/,
      "U kunt er hoogstens $1 kiezen; haal er eerst een weg."],
    [/^Loading\.{3}$/, "Laden …"],
    [/^empty$/, "Niets te tonen"],
    [/^add icon$/, "toevoegen"],
    [/^View (\d+) more$/, "Nog $1 tonen"],
    [/^View less$/, "Minder tonen"],
  ];
  const dutch = (text) => {
    const bare = text.trim();
    for (const [english, word] of WORDS) {
      if (english.test(bare)) return bare.replace(english, word);
    }
    return null;
  };

  // Where Streamlit itself says something; an option, a tag and a file name in it are data.
  const SPEAKS = [
    "stFileUploaderDropzone", "stFileChip", "InputInstructions", "stNumberInput", "stSkipToContent",
    "stMultiSelectDropdown", "stSelectboxVirtualDropdown", "stStatusWidget", "stConnectionStatus",
    "stDialog", "stMainMenuList", "stDataFrameColumnMenu", "stFileUploaderFile", "stTooltipErrorContent",
  ].map((id) => `[data-testid^=${id}]`).join(",") + ",[data-live-announcer],[aria-live],.gdg-search-bar";
  const DATA = "[role=option][data-key],[data-tag],[data-testid=stFileChipName],[data-testid=stIconMaterial]," +
    ".stHtml,[data-testid=stWidgetLabel],[role=alert]:not([data-testid]) .stHtml";
  const LABELS = ["aria-label", "title", "placeholder", "alt", "aria-roledescription"];
  const WITH_LABEL = LABELS.map((name) => `[${name}]`).join(",");

  const label = (element, name) => {
    const old = element.getAttribute(name);
    if (!old || element.closest(".stHtml") || element.matches("[data-tag],[data-tag] [title]")) return;
    // A field is called what the app calls it; only its hint is Streamlit's.
    if (name === "aria-label" && element.matches("input:not([type=file]),[role=listbox]")
        && !/^(Multiselect|Selectbox)( options)?$/.test(old)) return;
    if (name === "title" && element.closest("[data-testid=stFileChip]")) return;
    const word = dutch(old);
    if (word !== null && word !== old) element.setAttribute(name, word);
  };
  const text = (node) => {
    const parent = node.parentElement;
    if (!parent || !node.data.trim() || !parent.closest(SPEAKS) || parent.closest(DATA)) return;
    const word = dutch(node.data);
    if (word !== null && word !== node.data) node.data = word;
  };
  const everything = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    for (const element of [root, ...root.querySelectorAll(WITH_LABEL)]) {
      LABELS.forEach((name) => label(element, name));
    }
    const parts = root.closest(SPEAKS) ? [root] : root.querySelectorAll(SPEAKS);
    for (const part of parts) {
      const nodes = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      while (nodes.nextNode()) text(nodes.currentNode);
    }
  };
  window.oiGeoDutch = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") label(change.target, change.attributeName);
      else if (change.type === "characterData") text(change.target);
      else change.addedNodes.forEach(everything);
    }
  });
  window.oiGeoDutch.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: LABELS,
  });
  everything(document.body);
})();
