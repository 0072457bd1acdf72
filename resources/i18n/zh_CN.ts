<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Ability</name>
    <message>
      <source>The model is not loaded yet; drawing tools work meanwhile.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This model takes no clicks.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This model takes no boxes.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This model cannot find things by example. SAM 3 weights can: Help, Model.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This model understands no phrases. SAM 3 weights do: Help, Model.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This model cannot track objects.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>clicks</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>boxes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>finding by example</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>finding by phrase</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>tracking</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>AboutDialog</name>
    <message>
      <source>About SAM 3 Annotator</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Label pictures and clips with SAM 3. Nothing leaves this workstation: no account, no statistics, no updates behind your back. Free software under the Apache License 2.0; weights have licences of their own, shown before they are fetched.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Actions</name>
    <message>
      <source>&amp;Undo</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Redo</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 1</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 2</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 3</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 4</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 5</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 6</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 7</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 8</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category 9</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Copy masks</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Paste masks</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Select &amp;all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Delete objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cate&amp;gories…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Keyboard shortcuts…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Settings…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open &amp;images…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open &amp;folder…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open &amp;clip…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open a folder as a clip…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;New project…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open &amp;project…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Try the sample</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Save a copy…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Find &amp;moved files…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>C&amp;lose project</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Export…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Import…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Quit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Every command by name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Model…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Free the model's memory</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Doctor…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show the &amp;log file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;About</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Select the next object</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Select the previous object</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Loc&amp;k or unlock</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Hide or show</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Bring to front</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Send to back</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Edit the outline's points</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Unite</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Subtract the others from the first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keep what all share</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Fill h&amp;oles</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Drop islands</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keep the largest piece</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>S&amp;mooth</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Grow by a pixel</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>S&amp;hrink by a pixel</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Absent on this frame</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Occluded on this frame</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Unsure on this frame</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This picture is done; next</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Select</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Click</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Box</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Exemplar: all like this</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>B&amp;rush</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Er&amp;aser</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Polygon</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Lasso</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Fill</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Spl&amp;it by a line</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Accept the mask</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Next of the masks offered</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Drop the prompts</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Type what to find</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Find in this picture</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Find in every picture…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Accept all candidates above the threshold</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Forget phrase and exemplars</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Next picture or frame</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Previous picture or frame</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ten forward</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ten back</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>First</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Last</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Next media</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Previous media</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Next &amp;unfinished</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Zoom &amp;in</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Zoom &amp;out</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Fit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Actual size</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Zoom to &amp;selection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Fill masks</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Outlines</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Labels</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Hide others</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show all objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Brightness and &amp;contrast…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Theme of the system</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Light theme</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Dark theme</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>F&amp;ull screen</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Reset layout</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Ask</name>
    <message>
      <source>Cancel</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>AttributeTable</name>
    <message>
      <source>Attributes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Type</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choices</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Per frame</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add attribute</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Remove attribute</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>text</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>number</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>yes or no</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>choice</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>words with commas between them</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>CandidatesPanel</name>
    <message>
      <source>Candidate {n} of {total}, score {score}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{candidate}, accepted</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{candidate}, rejected</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Smallest score shown</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>More like this</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Not this</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Accept {count} above</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>SCORE ≥ {score}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>“{phrase}” IS THERE: {presence}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Looking …</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Nothing found</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Try another word, or draw an example.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Nothing searched yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Type what to find at the top, or draw an example box around one.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Candidates, best first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>example</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Canvas</name>
    <message>
      <source>Canvas</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open pictures or a clip to begin</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No picture is open</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Picture {width} by {height}, {count} objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>, selected: {names}</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>CategoriesDialog</name>
    <message>
      <source>Categories</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Masks of this category may not overlap</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>New category</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Name of a new category</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>none</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Colour</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Key</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Supercategory</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>ATTRIBUTES</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Remove this category</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Where its objects go</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>its objects become “{name}”</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>CategoryDesk</name>
    <message>
      <source>No category has the key {key}.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>CommandPalette</name>
    <message>
      <source>Command palette</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Type what you want to do</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Command</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Commands</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>CrashDialog</name>
    <message>
      <source>A bug in SAM 3 Annotator</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The program made a mistake: {what}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Everything you did before is on disk. You can go on; if something looks odd, close the window and open the project again. Nothing was sent to anybody. The log would help those who repair the program.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Details</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Copy</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show the log</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Dialog</name>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cancel</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>DialogDesk</name>
    <message>
      <source>looking for weights</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Doctor</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Asking every part of the program…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>What works on this machine. Copy it into a report.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>examining this machine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Export to</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>COCO files</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Import</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Weights</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose weights</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>fetching weights</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>DockTitle</name>
    <message>
      <source>Take the panel out of the window</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Hide the panel</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ExchangeDesk</name>
    <message>
      <source>collecting objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Select the objects to be exported first.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>exporting to {name}</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>Read back with %n difference(s).</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>Written, read back, and equal to the project pixel by pixel.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Export</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>reading {name}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>looking for pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>adding objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{objects} objects, {media} new pictures, {categories} new categories.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Left out, because their files are nowhere to be found:</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Import</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ExportDialog</name>
    <message>
      <source>Export</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>the whole project</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>the shown picture or clip</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>the selected objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>one category</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Polygons where they are close enough</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>List every frame of clips</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>List pictures without objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The file is read back and compared with the project pixel by pixel; every difference is listed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Browse…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Format</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>What</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>To</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Tolerance of polygons</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>FileDesk</name>
    <message>
      <source>New project</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open project</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{path} is no longer there.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>It was taken off the list of recent projects.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Save a copy</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>A copy was saved as {path}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open images</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open clip</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Clips</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open folder as a clip</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>reading the clip</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The sample could not be copied: {why}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>adding pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Every file is where it should be.</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>Look for %n missing file(s) in</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>looking for moved files</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>%n file(s) could not be used.</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>There are no pictures or clips there.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{found} of {wanted} files were found.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Projects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pictures</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>FindBar</name>
    <message>
      <source>Find</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>What to find</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add an example of what to find</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add an example of what not</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Find all</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>%n example(s) of what to find</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <source>%n example(s) of what not to find</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>this model knows no phrases</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>one of: {list}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>yellow school bus</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>FindDesk</name>
    <message>
      <source>Type what to find in every picture first.</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>Find “{phrase}” in %n picture(s)?</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>Everything found with a score of at least {score} becomes an object to be reviewed. It runs in the background and is one step to undo.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Find</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>finding “{phrase}” in the project</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Draw a box around one thing of the wanted kind.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Draw a box with the right button around what is not meant.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{found} found in {frames} pictures, {known} known already.</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>%n picture(s) failed.</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>Stopped; what was found is kept.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Gestures</name>
    <message>
      <source>There is nothing to accept yet: click something first.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Select the object that pixels should be taken from.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Select the object to be split first.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The line does not cross the object.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Hint</name>
    <message numerus="yes">
      <source>%n click(s)</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>box</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>the model is working</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>mask {n} of {total}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>next</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>accept</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>drop</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>new {category}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>new object</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>HistoryPanel</name>
    <message>
      <source>undone</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>History</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Steps, oldest first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Nothing done yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Every step you take appears here. Click one to go back to it, even after closing the program.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Keymap</name>
    <message>
      <source>This is not a key combination.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{keys} already belongs to “{action}”.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Menu</name>
    <message>
      <source>&amp;File</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Edit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;View</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Object</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Clip</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Review</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Help</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Panels</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ModelDesk</name>
    <message>
      <source>loading the model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cached embeddings were dropped.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{model} is ready on {device}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>loading the model…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>no model</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>%n core(s)</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>Can: {list}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cannot: {list}. SAM 3 weights can.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ModelDialog</name>
    <message>
      <source>Model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>ON THIS MACHINE</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Weights on this machine</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>FETCH</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Looking…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Device</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Precision</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose a file…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Load</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Weights to fetch</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>sent to the hub, kept nowhere</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Hub token</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Licence and access…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Fetch</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Weights</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Token</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Its authors ask you to accept a licence first; then make a token on the hub.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No account is needed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>yours</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>of this site</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>comes with the program</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Navigation</name>
    <message>
      <source>This is the last one.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This is the first one.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Everything else is done.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ObjectDesk</name>
    <message numerus="yes">
      <source>%n mask(s) copied.</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>Copy an object first.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Two selected objects need a mask on this frame.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ObjectsPanel</name>
    <message>
      <source>Objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No objects yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Click something in the picture (C), draw a box around it (B), or type what to look for into Find (T).</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Objects by category</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category {name}, {note}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>hidden</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>locked</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{count} · KEY {key}</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Panels</name>
    <message>
      <source>Objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Properties</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>History</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Candidates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pictures</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>PropertiesPanel</name>
    <message>
      <source>Properties</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Nothing selected</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Select one object, in the picture (V) or in the list, to see its category, attributes and flags.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Locked: unlock it to change it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Category</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>a number</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>not set</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>ON THIS FRAME</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>FACTS</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Absent</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Occluded</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Out of view</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Unsure</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Made by</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Found with</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} px</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Area</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Box</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Confidence</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Author</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Edited</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SettingsDialog</name>
    <message>
      <source>Settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>written beside your work</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Colour objects by category</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Prepare the neighbouring pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Theme</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Language</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Your name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>as the system</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>light</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>dark</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The language changes when the program starts again.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ShortcutsDialog</name>
    <message>
      <source>Keyboard shortcuts</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Search by name or key</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Search</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>New keys</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reset all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Action</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keys</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Actions</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Assign</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Remove</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Default</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Changed.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Source</name>
    <message>
      <source>human</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>interpolated</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>imported</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>not on this frame</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>StatusBar</name>
    <message>
      <source>Status</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Message</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Progress</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pause</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cancel</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Resume</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>saved</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>no pictures yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>frame {n} / {total}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>picture {n} / {total}</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>%n masklet(s)</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <source>%n object(s)</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message numerus="yes">
      <source>(+%n more)</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
  </context>
  <context>
    <name>Step</name>
    <message>
      <source>Import {name}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Find “{phrase}” everywhere</source>
      <translation type="unfinished" />
    </message>
    <message numerus="yes">
      <source>Accept %n candidate(s)</source>
      <translation type="unfinished">
        <numerusform />
      </translation>
    </message>
    <message>
      <source>Click</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Box</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Erase</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Brush</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Polygon</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Lasso</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Fill</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Shape</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Edit outline</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Split</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add object</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Fill holes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Drop islands</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keep largest piece</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Smooth</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Grow</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Shrink</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Unite</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Subtract</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Intersect</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Paste</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>TextDialog</name>
    <message>
      <source>Copy</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ThumbnailsPanel</name>
    <message>
      <source>to do</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>done</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>reviewed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{name}: {state}, {count} objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{text}, file not found</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>All</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>To do</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Done</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reviewed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show by state</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show by name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No pictures yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open a folder of pictures or a clip, or drop it here.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} in all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{shown} of {total}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pictures and clips</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ToneDialog</name>
    <message>
      <source>Brightness and contrast</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Brightness</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Contrast</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Gamma</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Mask opacity</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Only what you see changes, never the file.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reset</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ToolStrip</name>
    <message>
      <source>Tools</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>TopBar</name>
    <message>
      <source>The model and the device it runs on</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>no model</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Model: {text}</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>TroubleDialog</name>
    <message>
      <source>Something went wrong</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose a model…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The file was not touched.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Your work is on disk; drawing tools go on working.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Everything you did before is on disk.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>WelcomePage</name>
    <message>
      <source>pick some pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>a folder of pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>track objects in a film</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>go on where you were</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>an empty one</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>five pictures to play with</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Projects you open appear here.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Loading the model…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>RECENT PROJECTS</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>MODEL</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose a model…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Point at things or name them. Version {version}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No model is loaded.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>WorkDesk</name>
    <message>
      <source>{n} s left</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} min left</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} h left</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stopped: {title}.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Workspace</name>
    <message>
      <source>Open pictures or a project first.</source>
      <translation type="unfinished" />
    </message>
  </context>
</TS>
