<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
  <context>
    <name>ConceptDesk</name>
    <message numerus="yes">
      <source>%n example(s) outside the range are left out.</source>
      <translation>
        <numerusform>%n example outside the range is left out.</numerusform>
        <numerusform>%n examples outside the range are left out.</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>There is room for %n find(s) at once.</source>
      <translation>
        <numerusform>There is room for %n find at once.</numerusform>
        <numerusform>There is room for %n finds at once.</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n found</source>
      <translation>
        <numerusform>%n found</numerusform>
        <numerusform>%n found</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n object(s) found and tracked.</source>
      <translation>
        <numerusform>%n object found and tracked.</numerusform>
        <numerusform>%n objects found and tracked.</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>Doubt</name>
    <message numerus="yes">
      <source>%n piece(s) appeared</source>
      <translation>
        <numerusform>%n piece appeared</numerusform>
        <numerusform>%n pieces appeared</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n piece(s) vanished</source>
      <translation>
        <numerusform>%n piece vanished</numerusform>
        <numerusform>%n pieces vanished</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>lost %n frame(s)</source>
      <translation>
        <numerusform>lost %n frame</numerusform>
        <numerusform>lost %n frames</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n frame(s) from a human frame</source>
      <translation>
        <numerusform>%n frame from a human frame</numerusform>
        <numerusform>%n frames from a human frame</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>ExchangeDesk</name>
    <message numerus="yes">
      <source>Read back with %n difference(s).</source>
      <translation>
        <numerusform>Read back with %n difference.</numerusform>
        <numerusform>Read back with %n differences.</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>FileDesk</name>
    <message numerus="yes">
      <source>Look for %n missing file(s) in</source>
      <translation>
        <numerusform>Look for %n missing file in</numerusform>
        <numerusform>Look for %n missing files in</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n file(s) could not be used.</source>
      <translation>
        <numerusform>%n file could not be used.</numerusform>
        <numerusform>%n files could not be used.</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>Open %n very large picture(s)?</source>
      <translation>
        <numerusform>Open %n very large picture?</numerusform>
        <numerusform>Open %n very large pictures?</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>FindBar</name>
    <message numerus="yes">
      <source>%n example(s) of what to find</source>
      <translation>
        <numerusform>%n example of what to find</numerusform>
        <numerusform>%n examples of what to find</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n example(s) of what not to find</source>
      <translation>
        <numerusform>%n example of what not to find</numerusform>
        <numerusform>%n examples of what not to find</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>FindDesk</name>
    <message numerus="yes">
      <source>Find “{phrase}” in %n picture(s)?</source>
      <translation>
        <numerusform>Find “{phrase}” in %n picture?</numerusform>
        <numerusform>Find “{phrase}” in %n pictures?</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>Left out, because they lie under others of a category without overlaps: %n.</source>
      <translation>
        <numerusform>Left out, because it lies under others of a category without overlaps: %n.</numerusform>
        <numerusform>Left out, because they lie under others of a category without overlaps: %n.</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n picture(s) failed.</source>
      <translation>
        <numerusform>%n picture failed.</numerusform>
        <numerusform>%n pictures failed.</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>Hint</name>
    <message numerus="yes">
      <source>%n click(s)</source>
      <translation>
        <numerusform>%n click</numerusform>
        <numerusform>%n clicks</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>MaskDesk</name>
    <message numerus="yes">
      <source>%n mask(s) copied.</source>
      <translation>
        <numerusform>%n mask copied.</numerusform>
        <numerusform>%n masks copied.</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>ModelDesk</name>
    <message numerus="yes">
      <source>%n core(s)</source>
      <translation>
        <numerusform>%n core</numerusform>
        <numerusform>%n cores</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>RescueDesk</name>
    <message numerus="yes">
      <source>%n mask(s) could not be read.</source>
      <translation>
        <numerusform>%n mask could not be read.</numerusform>
        <numerusform>%n masks could not be read.</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>ReviewDesk</name>
    <message numerus="yes">
      <source>Signed off with %n mask(s) rejected or to be fixed</source>
      <translation>
        <numerusform>Signed off with %n mask rejected or to be fixed</numerusform>
        <numerusform>Signed off with %n masks rejected or to be fixed</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>ReviewSync</name>
    <message numerus="yes">
      <source>%n mask(s) changed since.</source>
      <translation>
        <numerusform>%n mask changed since.</numerusform>
        <numerusform>%n masks changed since.</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>RunDesk</name>
    <message numerus="yes">
      <source>They can be followed in groups of %n.</source>
      <translation>
        <numerusform>They can be followed in groups of %n.</numerusform>
        <numerusform>They can be followed in groups of %n.</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n frame(s) computed.</source>
      <translation>
        <numerusform>%n frame computed.</numerusform>
        <numerusform>%n frames computed.</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n frame(s) saved: the old masks still agree.</source>
      <translation>
        <numerusform>%n frame saved: the old masks still agree.</numerusform>
        <numerusform>%n frames saved: the old masks still agree.</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>StatusBar</name>
    <message numerus="yes">
      <source>%n masklet(s)</source>
      <translation>
        <numerusform>%n masklet</numerusform>
        <numerusform>%n masklets</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n object(s)</source>
      <translation>
        <numerusform>%n object</numerusform>
        <numerusform>%n objects</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>(+%n more)</source>
      <translation>
        <numerusform>(+%n more)</numerusform>
        <numerusform>(+%n more)</numerusform>
      </translation>
    </message>
  </context>
</TS>
