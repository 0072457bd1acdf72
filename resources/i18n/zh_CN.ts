<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Ability</name>
    <message>
      <source>The model is not loaded yet; drawing tools work meanwhile.</source>
      <translation>模型尚未加载；绘图工具可以照常使用。</translation>
    </message>
    <message>
      <source>{model} takes no clicks.</source>
      <translation>{model} 不支持点击。</translation>
    </message>
    <message>
      <source>{model} takes no boxes.</source>
      <translation>{model} 不支持框选。</translation>
    </message>
    <message>
      <source>{model} cannot find things by example. mini and SAM 3 can: Help, Model.</source>
      <translation>{model} 不能按示例查找。mini 和 SAM 3 可以：见“帮助”→“模型”。</translation>
    </message>
    <message>
      <source>{model} understands no phrases. SAM 3 does: Help, Model.</source>
      <translation>{model} 不理解文字。SAM 3 可以：见“帮助”→“模型”。</translation>
    </message>
    <message>
      <source>{model} cannot follow objects through a clip. Other weights can: Help, Model.</source>
      <translation>{model} 不能在视频中跟踪对象。其他权重可以：见“帮助”→“模型”。</translation>
    </message>
    <message>
      <source>{model} finds nothing in a clip by itself. mini (by example) and SAM 3 do: Help, Model.</source>
      <translation>{model} 不能自行在视频中查找。mini（按示例）和 SAM 3 可以：见“帮助”→“模型”。</translation>
    </message>
    <message>
      <source>{model} understands no phrases: draw an example box instead. SAM 3 does: Help, Model.</source>
      <translation>{model} 不理解文字：请改用示例框。SAM 3 可以：见“帮助”→“模型”。</translation>
    </message>
    <message>
      <source>clicks</source>
      <translation>点击</translation>
    </message>
    <message>
      <source>boxes</source>
      <translation>框选</translation>
    </message>
    <message>
      <source>finding by example</source>
      <translation>按示例查找</translation>
    </message>
    <message>
      <source>finding by phrase</source>
      <translation>按文字查找</translation>
    </message>
    <message>
      <source>tracking</source>
      <translation>跟踪</translation>
    </message>
    <message>
      <source>finding and tracking through a clip</source>
      <translation>在视频中查找并跟踪</translation>
    </message>
  </context>
  <context>
    <name>AboutDialog</name>
    <message>
      <source>About SAM 3 Annotator</source>
      <translation>关于 SAM 3 Annotator</translation>
    </message>
    <message>
      <source>Label pictures and clips with SAM 3. Nothing leaves this workstation: no account, no statistics, no updates behind your back. Free software under the Apache License 2.0; weights have licences of their own, shown before they are fetched.</source>
      <translation>用 SAM 3 标注图片和视频。任何数据都不会离开这台工作站：没有账号，没有统计，也不会在背后更新。本程序是采用 Apache 许可证 2.0 的自由软件；权重各有自己的许可证，下载之前会显示。</translation>
    </message>
  </context>
  <context>
    <name>Actions</name>
    <message>
      <source>&amp;Undo {step}</source>
      <translation>撤销 {step}(&amp;U)</translation>
    </message>
    <message>
      <source>&amp;Undo</source>
      <translation>撤销(&amp;U)</translation>
    </message>
    <message>
      <source>&amp;Redo {step}</source>
      <translation>重做 {step}(&amp;R)</translation>
    </message>
    <message>
      <source>&amp;Redo</source>
      <translation>重做(&amp;R)</translation>
    </message>
    <message>
      <source>Open pictures or a project first.</source>
      <translation>请先打开图片或项目。</translation>
    </message>
    <message>
      <source>Open a picture or a clip first.</source>
      <translation>请先打开图片或视频。</translation>
    </message>
    <message>
      <source>Open a clip first.</source>
      <translation>请先打开视频。</translation>
    </message>
    <message>
      <source>There is nowhere else to go.</source>
      <translation>没有其他可去的地方。</translation>
    </message>
    <message>
      <source>Select an object first.</source>
      <translation>请先选择一个对象。</translation>
    </message>
    <message>
      <source>Select one object first.</source>
      <translation>请先选择一个对象。</translation>
    </message>
    <message>
      <source>Select two or more objects first.</source>
      <translation>请先选择两个或更多对象。</translation>
    </message>
    <message>
      <source>There are no objects here yet.</source>
      <translation>这里还没有对象。</translation>
    </message>
    <message>
      <source>Click something or draw a box first.</source>
      <translation>请先点击目标或画框。</translation>
    </message>
    <message>
      <source>Find something first.</source>
      <translation>请先查找目标。</translation>
    </message>
    <message>
      <source>Nothing is running.</source>
      <translation>没有正在进行的操作。</translation>
    </message>
    <message>
      <source>There is nothing to undo.</source>
      <translation>没有可撤销的操作。</translation>
    </message>
    <message>
      <source>There is nothing to redo.</source>
      <translation>没有可重做的操作。</translation>
    </message>
    <message>
      <source>Select one object of a clip first.</source>
      <translation>请先选择视频中的一个对象。</translation>
    </message>
    <message>
      <source>Select two objects of a clip first.</source>
      <translation>请先选择视频中的两个对象。</translation>
    </message>
    <message>
      <source>Select objects of a clip first.</source>
      <translation>请先选择视频中的对象。</translation>
    </message>
    <message>
      <source>Mark an object in a clip first.</source>
      <translation>请先在视频中标出一个对象。</translation>
    </message>
    <message>
      <source>&amp;Play or stop</source>
      <translation>播放或停止(&amp;P)</translation>
    </message>
    <message>
      <source>Previous human frame</source>
      <translation>上一个人工帧</translation>
    </message>
    <message>
      <source>Next human frame</source>
      <translation>下一个人工帧</translation>
    </message>
    <message>
      <source>Go to a frame…</source>
      <translation>转到某一帧…</translation>
    </message>
    <message>
      <source>Zoom the timeline in</source>
      <translation>放大时间轴</translation>
    </message>
    <message>
      <source>Zoom the timeline out</source>
      <translation>缩小时间轴</translation>
    </message>
    <message>
      <source>Show the whole clip on the timeline</source>
      <translation>在时间轴上显示整个视频</translation>
    </message>
    <message>
      <source>Propagate &amp;forward</source>
      <translation>向前传播(&amp;F)</translation>
    </message>
    <message>
      <source>Propagate &amp;backward</source>
      <translation>向后传播(&amp;B)</translation>
    </message>
    <message>
      <source>Propagate both ways</source>
      <translation>双向传播</translation>
    </message>
    <message>
      <source>Propagate between the human frames around here</source>
      <translation>在前后人工帧之间传播</translation>
    </message>
    <message>
      <source>Propagate in the selected range</source>
      <translation>在所选范围内传播</translation>
    </message>
    <message>
      <source>Propagate all objects both ways</source>
      <translation>双向传播所有对象</translation>
    </message>
    <message>
      <source>&amp;Recompute around this correction</source>
      <translation>重新计算此修正的前后(&amp;R)</translation>
    </message>
    <message>
      <source>Go on with the stopped run</source>
      <translation>继续已停止的运行</translation>
    </message>
    <message>
      <source>Find the phrase and track it through the clip</source>
      <translation>查找文字并在视频中跟踪</translation>
    </message>
    <message>
      <source>Find and track from here forward</source>
      <translation>从此处向前查找并跟踪</translation>
    </message>
    <message>
      <source>Find and track from here backward</source>
      <translation>从此处向后查找并跟踪</translation>
    </message>
    <message>
      <source>Runs cross shot cuts</source>
      <translation>运行可跨越镜头切换</translation>
    </message>
    <message>
      <source>&amp;Split the masklet here</source>
      <translation>从此处切分轨迹(&amp;S)</translation>
    </message>
    <message>
      <source>&amp;Merge the two masklets</source>
      <translation>合并两条轨迹(&amp;M)</translation>
    </message>
    <message>
      <source>S&amp;wap the two from here on, or in the range</source>
      <translation>从此处起或在范围内互换二者(&amp;W)</translation>
    </message>
    <message>
      <source>&amp;Delete the masks of the range</source>
      <translation>删除范围内的掩码(&amp;D)</translation>
    </message>
    <message>
      <source>&amp;Hold this mask over the range</source>
      <translation>在范围内保持此掩码(&amp;H)</translation>
    </message>
    <message>
      <source>&amp;Interpolate between human frames</source>
      <translation>在人工帧之间插值(&amp;I)</translation>
    </message>
    <message>
      <source>Smooth over &amp;time</source>
      <translation>沿时间平滑(&amp;T)</translation>
    </message>
    <message>
      <source>Brush and eraser work on the whole range</source>
      <translation>画笔和橡皮作用于整个范围</translation>
    </message>
    <message>
      <source>&amp;Copy the mask to the next frame</source>
      <translation>复制掩码到下一帧(&amp;C)</translation>
    </message>
    <message>
      <source>Copy the mask to the previous frame</source>
      <translation>复制掩码到上一帧</translation>
    </message>
    <message>
      <source>Copy the mask of the last human frame here</source>
      <translation>复制最近人工帧的掩码到此处</translation>
    </message>
    <message>
      <source>The range begins on this frame</source>
      <translation>范围从本帧开始</translation>
    </message>
    <message>
      <source>The range ends on this frame</source>
      <translation>范围到本帧结束</translation>
    </message>
    <message>
      <source>Forget the selected range</source>
      <translation>取消所选范围</translation>
    </message>
    <message>
      <source>Verify an export against this clip…</source>
      <translation>用此视频核对导出…</translation>
    </message>
    <message>
      <source>Category 1</source>
      <translation>类别 1</translation>
    </message>
    <message>
      <source>Category 2</source>
      <translation>类别 2</translation>
    </message>
    <message>
      <source>Category 3</source>
      <translation>类别 3</translation>
    </message>
    <message>
      <source>Category 4</source>
      <translation>类别 4</translation>
    </message>
    <message>
      <source>Category 5</source>
      <translation>类别 5</translation>
    </message>
    <message>
      <source>Category 6</source>
      <translation>类别 6</translation>
    </message>
    <message>
      <source>Category 7</source>
      <translation>类别 7</translation>
    </message>
    <message>
      <source>Category 8</source>
      <translation>类别 8</translation>
    </message>
    <message>
      <source>Category 9</source>
      <translation>类别 9</translation>
    </message>
    <message>
      <source>&amp;Copy masks</source>
      <translation>复制掩码(&amp;C)</translation>
    </message>
    <message>
      <source>&amp;Paste masks</source>
      <translation>粘贴掩码(&amp;P)</translation>
    </message>
    <message>
      <source>Select &amp;all</source>
      <translation>全选(&amp;A)</translation>
    </message>
    <message>
      <source>&amp;Delete objects</source>
      <translation>删除对象(&amp;D)</translation>
    </message>
    <message>
      <source>Take this picture out of the project</source>
      <translation>将此图片移出项目</translation>
    </message>
    <message>
      <source>Cancel what is running</source>
      <translation>取消正在进行的操作</translation>
    </message>
    <message>
      <source>Cate&amp;gories…</source>
      <translation>类别(&amp;G)…</translation>
    </message>
    <message>
      <source>&amp;Keyboard shortcuts…</source>
      <translation>键盘快捷键(&amp;K)…</translation>
    </message>
    <message>
      <source>&amp;Settings…</source>
      <translation>设置(&amp;S)…</translation>
    </message>
    <message>
      <source>Open &amp;images…</source>
      <translation>打开图片(&amp;I)…</translation>
    </message>
    <message>
      <source>Open &amp;folder…</source>
      <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
      <source>Open &amp;clip…</source>
      <translation>打开视频(&amp;C)…</translation>
    </message>
    <message>
      <source>Open a folder as a clip…</source>
      <translation>将文件夹作为视频打开…</translation>
    </message>
    <message>
      <source>&amp;New project…</source>
      <translation>新建项目(&amp;N)…</translation>
    </message>
    <message>
      <source>Open &amp;project…</source>
      <translation>打开项目(&amp;P)…</translation>
    </message>
    <message>
      <source>&amp;Try the sample</source>
      <translation>试用示例(&amp;T)</translation>
    </message>
    <message>
      <source>&amp;Save a copy…</source>
      <translation>另存副本(&amp;S)…</translation>
    </message>
    <message>
      <source>Find &amp;moved files…</source>
      <translation>查找移动过的文件(&amp;M)…</translation>
    </message>
    <message>
      <source>C&amp;lose project</source>
      <translation>关闭项目(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;Export…</source>
      <translation>导出(&amp;E)…</translation>
    </message>
    <message>
      <source>&amp;Import…</source>
      <translation>导入(&amp;I)…</translation>
    </message>
    <message>
      <source>Import a DAVIS or MOTS folder…</source>
      <translation>导入 DAVIS 或 MOTS 文件夹…</translation>
    </message>
    <message>
      <source>&amp;Quit</source>
      <translation>退出(&amp;Q)</translation>
    </message>
    <message>
      <source>&amp;Every command by name</source>
      <translation>按名称查找命令(&amp;E)</translation>
    </message>
    <message>
      <source>&amp;Model…</source>
      <translation>模型(&amp;M)…</translation>
    </message>
    <message>
      <source>&amp;Free the model's memory</source>
      <translation>释放模型内存(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Doctor…</source>
      <translation>诊断(&amp;D)…</translation>
    </message>
    <message>
      <source>Show the &amp;log file</source>
      <translation>显示日志文件(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;About</source>
      <translation>关于(&amp;A)</translation>
    </message>
    <message>
      <source>Select the next object</source>
      <translation>选择下一个对象</translation>
    </message>
    <message>
      <source>Select the previous object</source>
      <translation>选择上一个对象</translation>
    </message>
    <message>
      <source>Loc&amp;k or unlock</source>
      <translation>锁定或解锁(&amp;K)</translation>
    </message>
    <message>
      <source>&amp;Hide or show</source>
      <translation>隐藏或显示(&amp;H)</translation>
    </message>
    <message>
      <source>Bring to front</source>
      <translation>移到最前</translation>
    </message>
    <message>
      <source>Send to back</source>
      <translation>移到最后</translation>
    </message>
    <message>
      <source>Edit the outline's points</source>
      <translation>编辑轮廓顶点</translation>
    </message>
    <message>
      <source>&amp;Unite</source>
      <translation>合并(&amp;U)</translation>
    </message>
    <message>
      <source>Subtract the others from the first</source>
      <translation>从第一个中减去其余</translation>
    </message>
    <message>
      <source>Keep what all share</source>
      <translation>保留共同部分</translation>
    </message>
    <message>
      <source>Fill h&amp;oles</source>
      <translation>填充孔洞(&amp;O)</translation>
    </message>
    <message>
      <source>&amp;Drop islands</source>
      <translation>去除孤岛(&amp;D)</translation>
    </message>
    <message>
      <source>Keep the largest piece</source>
      <translation>保留最大的一块</translation>
    </message>
    <message>
      <source>S&amp;mooth</source>
      <translation>平滑(&amp;M)</translation>
    </message>
    <message>
      <source>&amp;Grow by a pixel</source>
      <translation>扩大一像素(&amp;G)</translation>
    </message>
    <message>
      <source>S&amp;hrink by a pixel</source>
      <translation>缩小一像素(&amp;H)</translation>
    </message>
    <message>
      <source>Absent on this frame</source>
      <translation>本帧不存在</translation>
    </message>
    <message>
      <source>Occluded on this frame</source>
      <translation>本帧被遮挡</translation>
    </message>
    <message>
      <source>Out of view on this frame</source>
      <translation>本帧在画面外</translation>
    </message>
    <message>
      <source>Unsure on this frame</source>
      <translation>本帧不确定</translation>
    </message>
    <message>
      <source>This picture is done; next</source>
      <translation>本图完成，下一张</translation>
    </message>
    <message>
      <source>&amp;Next doubtful frame</source>
      <translation>下一个可疑帧(&amp;N)</translation>
    </message>
    <message>
      <source>&amp;Previous doubtful frame</source>
      <translation>上一个可疑帧(&amp;P)</translation>
    </message>
    <message>
      <source>&amp;Zoom to each doubt</source>
      <translation>逐处放大可疑对象(&amp;Z)</translation>
    </message>
    <message>
      <source>&amp;Good: accept, and on to the next</source>
      <translation>正确：接受并到下一个(&amp;G)</translation>
    </message>
    <message>
      <source>Needs work: &amp;fix it now</source>
      <translation>需要修改：现在修正(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Reject, and on to the next</source>
      <translation>拒绝并到下一个(&amp;R)</translation>
    </message>
    <message>
      <source>Good on every frame: accept the whole object</source>
      <translation>每一帧都好：接受整个对象</translation>
    </message>
    <message>
      <source>Reject the whole object</source>
      <translation>拒绝整个对象</translation>
    </message>
    <message>
      <source>&amp;Swap back from here on</source>
      <translation>从此处起换回(&amp;S)</translation>
    </message>
    <message>
      <source>&amp;All of this category are found</source>
      <translation>此类别已全部找到(&amp;A)</translation>
    </message>
    <message>
      <source>Some of this category are &amp;missing</source>
      <translation>此类别有遗漏(&amp;M)</translation>
    </message>
    <message>
      <source>Sign &amp;off</source>
      <translation>签核(&amp;O)</translation>
    </message>
    <message>
      <source>Arrange the window for re&amp;view, or back</source>
      <translation>切换到审核布局或返回(&amp;V)</translation>
    </message>
    <message>
      <source>&amp;Work report…</source>
      <translation>工作报告(&amp;W)…</translation>
    </message>
    <message>
      <source>&amp;Select</source>
      <translation>选择(&amp;S)</translation>
    </message>
    <message>
      <source>&amp;Click</source>
      <translation>点击(&amp;C)</translation>
    </message>
    <message>
      <source>&amp;Box</source>
      <translation>框选(&amp;B)</translation>
    </message>
    <message>
      <source>&amp;Example: all like this</source>
      <translation>示例：查找所有类似的(&amp;E)</translation>
    </message>
    <message>
      <source>B&amp;rush</source>
      <translation>画笔(&amp;R)</translation>
    </message>
    <message>
      <source>Er&amp;aser</source>
      <translation>橡皮(&amp;A)</translation>
    </message>
    <message>
      <source>&amp;Polygon</source>
      <translation>多边形(&amp;P)</translation>
    </message>
    <message>
      <source>&amp;Lasso</source>
      <translation>套索(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;Fill</source>
      <translation>填充(&amp;F)</translation>
    </message>
    <message>
      <source>Spl&amp;it by a line</source>
      <translation>用线切分(&amp;I)</translation>
    </message>
    <message>
      <source>Accept the mask</source>
      <translation>接受掩码</translation>
    </message>
    <message>
      <source>Next of the masks offered</source>
      <translation>下一个备选掩码</translation>
    </message>
    <message>
      <source>Drop the prompts</source>
      <translation>放弃提示</translation>
    </message>
    <message>
      <source>&amp;Type what to find</source>
      <translation>输入要查找的内容(&amp;T)</translation>
    </message>
    <message>
      <source>Find in this picture</source>
      <translation>在本图中查找</translation>
    </message>
    <message>
      <source>Find in every picture…</source>
      <translation>在所有图片中查找…</translation>
    </message>
    <message>
      <source>Accept all candidates above the threshold</source>
      <translation>接受阈值以上的全部候选</translation>
    </message>
    <message>
      <source>Forget phrase and examples</source>
      <translation>清除文字和示例</translation>
    </message>
    <message>
      <source>&amp;Next picture or frame</source>
      <translation>下一张图片或下一帧(&amp;N)</translation>
    </message>
    <message>
      <source>&amp;Previous picture or frame</source>
      <translation>上一张图片或上一帧(&amp;P)</translation>
    </message>
    <message>
      <source>Ten forward</source>
      <translation>前进十个</translation>
    </message>
    <message>
      <source>Ten back</source>
      <translation>后退十个</translation>
    </message>
    <message>
      <source>First</source>
      <translation>第一个</translation>
    </message>
    <message>
      <source>Last</source>
      <translation>最后一个</translation>
    </message>
    <message>
      <source>Next media</source>
      <translation>下一个媒体</translation>
    </message>
    <message>
      <source>Previous media</source>
      <translation>上一个媒体</translation>
    </message>
    <message>
      <source>Next &amp;unfinished</source>
      <translation>下一个未完成(&amp;U)</translation>
    </message>
    <message>
      <source>Zoom &amp;in</source>
      <translation>放大(&amp;I)</translation>
    </message>
    <message>
      <source>Zoom &amp;out</source>
      <translation>缩小(&amp;O)</translation>
    </message>
    <message>
      <source>&amp;Fit</source>
      <translation>适合窗口(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Actual size</source>
      <translation>实际大小(&amp;A)</translation>
    </message>
    <message>
      <source>Zoom to &amp;selection</source>
      <translation>缩放到所选(&amp;S)</translation>
    </message>
    <message>
      <source>Fill masks</source>
      <translation>填充掩码</translation>
    </message>
    <message>
      <source>Outlines</source>
      <translation>轮廓</translation>
    </message>
    <message>
      <source>Labels</source>
      <translation>标签</translation>
    </message>
    <message>
      <source>&amp;Hide others</source>
      <translation>隐藏其他(&amp;H)</translation>
    </message>
    <message>
      <source>Show all objects</source>
      <translation>显示全部对象</translation>
    </message>
    <message>
      <source>Brightness and &amp;contrast…</source>
      <translation>亮度和对比度(&amp;C)…</translation>
    </message>
    <message>
      <source>Theme of the system</source>
      <translation>跟随系统主题</translation>
    </message>
    <message>
      <source>Light theme</source>
      <translation>浅色主题</translation>
    </message>
    <message>
      <source>Dark theme</source>
      <translation>深色主题</translation>
    </message>
    <message>
      <source>F&amp;ull screen</source>
      <translation>全屏(&amp;U)</translation>
    </message>
    <message>
      <source>Keyboard to the next panel</source>
      <translation>键盘移到下一个面板</translation>
    </message>
    <message>
      <source>Keyboard to the previous panel</source>
      <translation>键盘移到上一个面板</translation>
    </message>
    <message>
      <source>&amp;Reset layout</source>
      <translation>恢复默认布局(&amp;R)</translation>
    </message>
  </context>
  <context>
    <name>Ask</name>
    <message>
      <source>Replace {name}?</source>
      <translation>替换 {name}？</translation>
    </message>
    <message>
      <source>It is in {folder} already. What it holds now will be lost.</source>
      <translation>它已存在于 {folder} 中，现有内容将丢失。</translation>
    </message>
    <message>
      <source>Replace</source>
      <translation>替换</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
  </context>
  <context>
    <name>AttributeTable</name>
    <message>
      <source>Attributes</source>
      <translation>属性</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Type</source>
      <translation>类型</translation>
    </message>
    <message>
      <source>Choices</source>
      <translation>选项</translation>
    </message>
    <message>
      <source>Per frame</source>
      <translation>逐帧</translation>
    </message>
    <message>
      <source>Add attribute</source>
      <translation>添加属性</translation>
    </message>
    <message>
      <source>Remove attribute</source>
      <translation>删除属性</translation>
    </message>
    <message>
      <source>text</source>
      <translation>文字</translation>
    </message>
    <message>
      <source>number</source>
      <translation>数字</translation>
    </message>
    <message>
      <source>yes or no</source>
      <translation>是或否</translation>
    </message>
    <message>
      <source>choice</source>
      <translation>选项</translation>
    </message>
    <message>
      <source>words with commas between them</source>
      <translation>用逗号分隔的词</translation>
    </message>
  </context>
  <context>
    <name>CandidatesPanel</name>
    <message>
      <source>Candidate {n} of {total}, score {score}</source>
      <translation>候选 {n}/{total}，得分 {score}</translation>
    </message>
    <message>
      <source>{candidate}, accepted</source>
      <translation>{candidate}，已接受</translation>
    </message>
    <message>
      <source>{candidate}, rejected</source>
      <translation>{candidate}，已拒绝</translation>
    </message>
    <message>
      <source>Smallest score shown</source>
      <translation>显示的最低得分</translation>
    </message>
    <message>
      <source>More like this</source>
      <translation>更多类似的</translation>
    </message>
    <message>
      <source>Not this</source>
      <translation>不要这样的</translation>
    </message>
    <message>
      <source>Accept {count} above</source>
      <translation>接受以上 {count} 个</translation>
    </message>
    <message>
      <source>SCORE ≥ {score}</source>
      <translation>得分 ≥ {score}</translation>
    </message>
    <message>
      <source>LIKE THE EXAMPLES</source>
      <translation>与示例相似</translation>
    </message>
    <message>
      <source>{concept} IS THERE: {presence}</source>
      <translation>{concept} 存在：{presence}</translation>
    </message>
    <message>
      <source>Looking …</source>
      <translation>正在查找…</translation>
    </message>
    <message>
      <source>Try another word, or draw an example.</source>
      <translation>换一个词，或画一个示例。</translation>
    </message>
    <message>
      <source>Try another example.</source>
      <translation>请换一个示例。</translation>
    </message>
    <message>
      <source>Nothing found</source>
      <translation>没有找到</translation>
    </message>
    <message>
      <source>Nothing searched yet</source>
      <translation>尚未查找</translation>
    </message>
    <message>
      <source>Type what to find at the top, or draw an example box around one.</source>
      <translation>在上方输入要查找的内容，或在其中一个周围画示例框。</translation>
    </message>
    <message>
      <source>Draw an example box{key} around one of what is to be found.</source>
      <translation>请用示例框{key}框住一个要查找的目标。</translation>
    </message>
    <message>
      <source>Candidates, best first</source>
      <translation>候选，得分高的在前</translation>
    </message>
  </context>
  <context>
    <name>Canvas</name>
    <message>
      <source>Canvas</source>
      <translation>画布</translation>
    </message>
    <message>
      <source>Open pictures or a clip to begin</source>
      <translation>打开图片或视频以开始</translation>
    </message>
    <message>
      <source>No picture is open</source>
      <translation>没有打开图片</translation>
    </message>
    <message>
      <source>Picture {width} by {height}, {count} objects</source>
      <translation>图片 {width} × {height}，{count} 个对象</translation>
    </message>
    <message>
      <source>, selected: {names}</source>
      <translation>，已选：{names}</translation>
    </message>
    <message>
      <source>This cannot be shown. Go to another one and back to try again.</source>
      <translation>无法显示此项。请转到其他项再返回重试。</translation>
    </message>
  </context>
  <context>
    <name>CategoriesDialog</name>
    <message>
      <source>Categories</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>Masks of this category may not overlap</source>
      <translation>此类别的掩码不得重叠</translation>
    </message>
    <message>
      <source>New category</source>
      <translation>新类别</translation>
    </message>
    <message>
      <source>Name of a new category</source>
      <translation>新类别的名称</translation>
    </message>
    <message>
      <source>Add</source>
      <translation>添加</translation>
    </message>
    <message>
      <source>none</source>
      <translation>无</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Colour</source>
      <translation>颜色</translation>
    </message>
    <message>
      <source>Key</source>
      <translation>按键</translation>
    </message>
    <message>
      <source>Supercategory</source>
      <translation>上级类别</translation>
    </message>
    <message>
      <source>ATTRIBUTES</source>
      <translation>属性</translation>
    </message>
    <message>
      <source>Remove this category</source>
      <translation>删除此类别</translation>
    </message>
    <message>
      <source>Where its objects go</source>
      <translation>其对象归入</translation>
    </message>
    <message>
      <source>its objects become “{name}”</source>
      <translation>其对象归入“{name}”</translation>
    </message>
  </context>
  <context>
    <name>CategoryDesk</name>
    <message>
      <source>No category has the key {key}.</source>
      <translation>没有类别使用按键 {key}。</translation>
    </message>
  </context>
  <context>
    <name>ClipExchangeDesk</name>
    <message>
      <source>Import a DAVIS or MOTS folder</source>
      <translation>导入 DAVIS 或 MOTS 文件夹</translation>
    </message>
    <message>
      <source>Lists of frames</source>
      <translation>帧列表</translation>
    </message>
    <message>
      <source>Verify an export</source>
      <translation>核对导出</translation>
    </message>
    <message>
      <source>comparing every frame with {name}</source>
      <translation>正在逐帧与 {name} 比较</translation>
    </message>
    <message>
      <source>The export was made on other frames than this clip has.</source>
      <translation>该导出所依据的帧与此视频不同。</translation>
    </message>
    <message>
      <source>Every frame is the one the export was made on.</source>
      <translation>每一帧都与导出所依据的帧一致。</translation>
    </message>
  </context>
  <context>
    <name>CommandPalette</name>
    <message>
      <source>Command palette</source>
      <translation>命令面板</translation>
    </message>
    <message>
      <source>Type what you want to do</source>
      <translation>输入想做的事</translation>
    </message>
    <message>
      <source>Command</source>
      <translation>命令</translation>
    </message>
    <message>
      <source>Commands</source>
      <translation>命令列表</translation>
    </message>
  </context>
  <context>
    <name>CommentsBox</name>
    <message>
      <source>Comment on this frame…</source>
      <translation>对本帧的评论…</translation>
    </message>
    <message>
      <source>Comment on this frame</source>
      <translation>对本帧的评论</translation>
    </message>
    <message>
      <source>Dealt with</source>
      <translation>已处理</translation>
    </message>
    <message>
      <source>Remove the comment</source>
      <translation>删除评论</translation>
    </message>
  </context>
  <context>
    <name>ConceptDesk</name>
    <message>
      <source>Type what to find, or draw an example box first.</source>
      <translation>请先输入要查找的内容，或画一个示例框。</translation>
    </message>
    <message>
      <source>Draw a box around one of what is to be followed; then track all.</source>
      <translation>请框住一个要跟踪的目标，然后全部跟踪。</translation>
    </message>
    <message numerus="yes">
      <source>%n example(s) outside the range are left out.</source>
      <translation>
        <numerusform>范围之外的 %n 个示例未使用。</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>There is room for %n find(s) at once.</source>
      <translation>
        <numerusform>内存可同时跟踪 %n 个找到的对象。</numerusform>
      </translation>
    </message>
    <message>
      <source>This model knows: {list}.</source>
      <translation>此模型认识：{list}。</translation>
    </message>
    <message numerus="yes">
      <source>%n found</source>
      <translation>
        <numerusform>找到 %n 个</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n object(s) found and tracked.</source>
      <translation>
        <numerusform>已找到并跟踪 %n 个对象。</numerusform>
      </translation>
    </message>
    <message>
      <source>Stopped; what was found is kept.</source>
      <translation>已停止；已找到的结果保留。</translation>
    </message>
  </context>
  <context>
    <name>ContextMenus</name>
    <message>
      <source>Category</source>
      <translation>类别</translation>
    </message>
  </context>
  <context>
    <name>CrashDialog</name>
    <message>
      <source>A bug in SAM 3 Annotator</source>
      <translation>SAM 3 Annotator 中的错误</translation>
    </message>
    <message>
      <source>The program made a mistake: {what}</source>
      <translation>程序出错：{what}</translation>
    </message>
    <message>
      <source>Everything you did before is on disk. You can go on; if something looks odd, close the window and open the project again. Nothing was sent to anybody. The log would help those who repair the program.</source>
      <translation>您之前所做的一切都已写入磁盘。您可以继续；如有异常，请关闭窗口并重新打开项目。没有向任何人发送任何内容。日志可以帮助修复程序的人。</translation>
    </message>
    <message>
      <source>Details</source>
      <translation>详细信息</translation>
    </message>
    <message>
      <source>Copy</source>
      <translation>复制</translation>
    </message>
    <message>
      <source>Show the log</source>
      <translation>显示日志</translation>
    </message>
  </context>
  <context>
    <name>DamagedDialog</name>
    <message>
      <source>The project cannot be opened</source>
      <translation>无法打开项目</translation>
    </message>
    <message>
      <source>Save what is readable…</source>
      <translation>保存可读取的内容…</translation>
    </message>
  </context>
  <context>
    <name>Dialog</name>
    <message>
      <source>Close</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
  </context>
  <context>
    <name>DialogDesk</name>
    <message>
      <source>looking for weights</source>
      <translation>正在查找权重</translation>
    </message>
    <message>
      <source>Doctor</source>
      <translation>诊断</translation>
    </message>
    <message>
      <source>Asking every part of the program…</source>
      <translation>正在检查程序的各个部分…</translation>
    </message>
    <message>
      <source>What works on this machine. Copy it into a report.</source>
      <translation>本机可用的功能。可复制到报告中。</translation>
    </message>
    <message>
      <source>examining this machine</source>
      <translation>正在检查本机</translation>
    </message>
    <message>
      <source>Export to</source>
      <translation>导出到</translation>
    </message>
    <message>
      <source>COCO files and MOTS text</source>
      <translation>COCO 文件和 MOTS 文本</translation>
    </message>
    <message>
      <source>Import</source>
      <translation>导入</translation>
    </message>
    <message>
      <source>Weights</source>
      <translation>权重</translation>
    </message>
    <message>
      <source>Choose weights</source>
      <translation>选择权重</translation>
    </message>
    <message>
      <source>fetching weights</source>
      <translation>正在下载权重</translation>
    </message>
  </context>
  <context>
    <name>DockTitle</name>
    <message>
      <source>Take the panel out of the window</source>
      <translation>将面板移出窗口</translation>
    </message>
    <message>
      <source>Hide the panel</source>
      <translation>隐藏面板</translation>
    </message>
  </context>
  <context>
    <name>Done</name>
    <message>
      <source>{what}.</source>
      <translation>{what}。</translation>
    </message>
    <message>
      <source>{what}, frames {start}–{stop}.</source>
      <translation>{what}，第 {start}–{stop} 帧。</translation>
    </message>
  </context>
  <context>
    <name>Doubt</name>
    <message>
      <source>probably wrong</source>
      <translation>很可能有误</translation>
    </message>
    <message>
      <source>perhaps wrong</source>
      <translation>可能有误</translation>
    </message>
    <message>
      <source>probably right</source>
      <translation>很可能正确</translation>
    </message>
    <message>
      <source>accepted</source>
      <translation>已接受</translation>
    </message>
    <message>
      <source>nothing unusual</source>
      <translation>没有异常</translation>
    </message>
    <message numerus="yes">
      <source>%n piece(s) appeared</source>
      <translation>
        <numerusform>出现 %n 块</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n piece(s) vanished</source>
      <translation>
        <numerusform>消失 %n 块</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>lost %n frame(s)</source>
      <translation>
        <numerusform>丢失 %n 帧</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n frame(s) from a human frame</source>
      <translation>
        <numerusform>距人工帧 %n 帧</numerusform>
      </translation>
    </message>
    <message>
      <source>precedes the jump on f {value}</source>
      <translation>在第 {value} 帧的突变之前</translation>
    </message>
    <message>
      <source>area {value} %</source>
      <translation>面积 {value} %</translation>
    </message>
    <message>
      <source>jumped {value} of its size</source>
      <translation>移动了自身大小的 {value}</translation>
    </message>
    <message>
      <source>outline changed (IoU {value})</source>
      <translation>轮廓改变(IoU {value})</translation>
    </message>
    <message>
      <source>passes disagree (IoU {value})</source>
      <translation>前后向不一致(IoU {value})</translation>
    </message>
    <message>
      <source>detector disagrees (IoU {value})</source>
      <translation>检测器不一致(IoU {value})</translation>
    </message>
    <message>
      <source>competes with {other} for {value} % of pixels</source>
      <translation>与 {other} 争夺 {value} % 的像素</translation>
    </message>
    <message>
      <source>seems exchanged with {other} from f {value} on</source>
      <translation>从第 {value} 帧起似与 {other} 互换</translation>
    </message>
    <message>
      <source>came back {value} sizes away</source>
      <translation>在相距 {value} 个身长处重现</translation>
    </message>
    <message>
      <source>score {value}</source>
      <translation>得分 {value}</translation>
    </message>
    <message>
      <source>follows the jump on f {value}</source>
      <translation>在第 {value} 帧的突变之后</translation>
    </message>
  </context>
  <context>
    <name>ExchangeDesk</name>
    <message>
      <source>collecting objects</source>
      <translation>正在收集对象</translation>
    </message>
    <message>
      <source>Select the objects to be exported first.</source>
      <translation>请先选择要导出的对象。</translation>
    </message>
    <message>
      <source>exporting to {name}</source>
      <translation>正在导出到 {name}</translation>
    </message>
    <message numerus="yes">
      <source>Read back with %n difference(s).</source>
      <translation>
        <numerusform>回读后发现 %n 处差异。</numerusform>
      </translation>
    </message>
    <message>
      <source>Written, read back, and equal to the project pixel by pixel.</source>
      <translation>已写入并回读，与项目逐像素一致。</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>导出</translation>
    </message>
    <message>
      <source>reading {name}</source>
      <translation>正在读取 {name}</translation>
    </message>
    <message>
      <source>looking for pictures</source>
      <translation>正在查找图片</translation>
    </message>
    <message>
      <source>adding objects</source>
      <translation>正在添加对象</translation>
    </message>
    <message>
      <source>{objects} objects, {media} new pictures, {categories} new categories.</source>
      <translation>{objects} 个对象，{media} 张新图片，{categories} 个新类别。</translation>
    </message>
    <message>
      <source>Left out, because no file of that name and size was found:</source>
      <translation>以下项目未导入，因为没有找到同名且尺寸相同的文件：</translation>
    </message>
    <message>
      <source>Import</source>
      <translation>导入</translation>
    </message>
  </context>
  <context>
    <name>ExportDialog</name>
    <message>
      <source>Export</source>
      <translation>导出</translation>
    </message>
    <message>
      <source>The file is read back and compared with the project pixel by pixel; every difference is listed.</source>
      <translation>文件会被回读并与项目逐像素比较；所有差异都会列出。</translation>
    </message>
    <message>
      <source>the whole project</source>
      <translation>整个项目</translation>
    </message>
    <message>
      <source>the shown picture or clip</source>
      <translation>当前图片或视频</translation>
    </message>
    <message>
      <source>the selected objects</source>
      <translation>所选对象</translation>
    </message>
    <message>
      <source>one category</source>
      <translation>一个类别</translation>
    </message>
    <message>
      <source>Polygons where they are close enough</source>
      <translation>足够接近时使用多边形</translation>
    </message>
    <message>
      <source>List every frame of clips</source>
      <translation>列出视频的每一帧</translation>
    </message>
    <message>
      <source>Write the frames of clips as JPEG beside it</source>
      <translation>在旁边以 JPEG 写出视频帧</translation>
    </message>
    <message>
      <source>List pictures without objects</source>
      <translation>列出没有对象的图片</translation>
    </message>
    <message>
      <source>With masks that reviewers rejected</source>
      <translation>包括被审核者拒绝的掩码</translation>
    </message>
    <message>
      <source>Browse…</source>
      <translation>浏览…</translation>
    </message>
    <message>
      <source>Format</source>
      <translation>格式</translation>
    </message>
    <message>
      <source>What</source>
      <translation>范围</translation>
    </message>
    <message>
      <source>Category</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>To</source>
      <translation>位置</translation>
    </message>
    <message>
      <source>Tolerance of polygons</source>
      <translation>多边形的容差</translation>
    </message>
  </context>
  <context>
    <name>FileDesk</name>
    <message>
      <source>New project</source>
      <translation>新建项目</translation>
    </message>
    <message>
      <source>Open project</source>
      <translation>打开项目</translation>
    </message>
    <message>
      <source>{name} is open already.</source>
      <translation>{name} 已经打开。</translation>
    </message>
    <message>
      <source>{path} is no longer there.</source>
      <translation>{path} 已不存在。</translation>
    </message>
    <message>
      <source>It was taken off the list of recent projects.</source>
      <translation>已从最近项目列表中移除。</translation>
    </message>
    <message>
      <source>Stop what is not finished, and close the project?</source>
      <translation>停止尚未完成的工作并关闭项目？</translation>
    </message>
    <message>
      <source>Still at work: {titles}. What is half written is lost.</source>
      <translation>仍在进行：{titles}。只写了一半的内容将丢失。</translation>
    </message>
    <message>
      <source>Stop and close</source>
      <translation>停止并关闭</translation>
    </message>
    <message>
      <source>Save a copy</source>
      <translation>另存副本</translation>
    </message>
    <message>
      <source>A copy was saved as {path}.</source>
      <translation>副本已保存为 {path}。</translation>
    </message>
    <message>
      <source>Open images</source>
      <translation>打开图片</translation>
    </message>
    <message>
      <source>Open folder</source>
      <translation>打开文件夹</translation>
    </message>
    <message>
      <source>Open clip</source>
      <translation>打开视频</translation>
    </message>
    <message>
      <source>Clips</source>
      <translation>视频</translation>
    </message>
    <message>
      <source>Open folder as a clip</source>
      <translation>将文件夹作为视频打开</translation>
    </message>
    <message>
      <source>reading the clip</source>
      <translation>正在读取视频</translation>
    </message>
    <message>
      <source>The sample could not be copied: {why}.</source>
      <translation>无法复制示例：{why}。</translation>
    </message>
    <message>
      <source>adding pictures</source>
      <translation>正在添加图片</translation>
    </message>
    <message>
      <source>Every file is where it should be.</source>
      <translation>所有文件都在原处。</translation>
    </message>
    <message numerus="yes">
      <source>Look for %n missing file(s) in</source>
      <translation>
        <numerusform>在何处查找 %n 个缺失的文件</numerusform>
      </translation>
    </message>
    <message>
      <source>looking for moved files</source>
      <translation>正在查找移动过的文件</translation>
    </message>
    <message>
      <source>“{folder}” is read-only. Keep the project where?</source>
      <translation>“{folder}”为只读。项目要保存在哪里？</translation>
    </message>
    <message numerus="yes">
      <source>%n file(s) could not be used.</source>
      <translation>
        <numerusform>%n 个文件无法使用。</numerusform>
      </translation>
    </message>
    <message>
      <source>Everything was added, with a reservation.</source>
      <translation>已全部添加，但有需要注意之处。</translation>
    </message>
    <message>
      <source>There are no pictures or clips there.</source>
      <translation>那里没有图片或视频。</translation>
    </message>
    <message numerus="yes">
      <source>Open %n very large picture(s)?</source>
      <translation>
        <numerusform>打开 %n 张超大图片吗？</numerusform>
      </translation>
    </message>
    <message>
      <source>{names}: more than 128 megapixels. Each takes at least 0.4 GB of memory while it is shown; a file that only claims to be so large does the same harm.</source>
      <translation>{names}：超过 1.28 亿像素。显示时每张至少占用 0.4 GB 内存；只是声称有这么大的文件同样有害。</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>打开</translation>
    </message>
    <message>
      <source>{found} of {wanted} files were found.</source>
      <translation>找到 {wanted} 个文件中的 {found} 个。</translation>
    </message>
    <message>
      <source>Projects</source>
      <translation>项目</translation>
    </message>
    <message>
      <source>Pictures</source>
      <translation>图片</translation>
    </message>
  </context>
  <context>
    <name>FindBar</name>
    <message>
      <source>Find</source>
      <translation>查找</translation>
    </message>
    <message>
      <source>What to find</source>
      <translation>要查找的内容</translation>
    </message>
    <message>
      <source>Find all</source>
      <translation>全部查找</translation>
    </message>
    <message>
      <source>Track all</source>
      <translation>全部跟踪</translation>
    </message>
    <message>
      <source>ex</source>
      <translation>例</translation>
    </message>
    <message numerus="yes">
      <source>%n example(s) of what to find</source>
      <translation>
        <numerusform>%n 个要查找的示例</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n example(s) of what not to find</source>
      <translation>
        <numerusform>%n 个不要的示例</numerusform>
      </translation>
    </message>
    <message>
      <source>Draw a box around one of what is meant{key}</source>
      <translation>框住一个要找的目标{key}</translation>
    </message>
    <message>
      <source>Draw a box around one of what is not meant</source>
      <translation>框住一个不要找的目标</translation>
    </message>
    <message>
      <source>Find and track through the whole clip</source>
      <translation>在整个视频中查找并跟踪</translation>
    </message>
    <message>
      <source>one of: {list}</source>
      <translation>可选：{list}</translation>
    </message>
    <message>
      <source>yellow school bus</source>
      <translation>黄色校车(英文)</translation>
    </message>
    <message>
      <source>draw an example{key}</source>
      <translation>请画示例框{key}</translation>
    </message>
    <message>
      <source>needs SAM 3</source>
      <translation>需要 SAM 3</translation>
    </message>
  </context>
  <context>
    <name>FindDesk</name>
    <message>
      <source>Type what to find in every picture first.</source>
      <translation>请先输入要在所有图片中查找的内容。</translation>
    </message>
    <message>
      <source>A search is in progress. Cancel it first, or wait.</source>
      <translation>正在查找。请先取消，或等待完成。</translation>
    </message>
    <message>
      <source>There are no pictures in the project yet.</source>
      <translation>项目中还没有图片。</translation>
    </message>
    <message numerus="yes">
      <source>Find “{phrase}” in %n picture(s)?</source>
      <translation>
        <numerusform>在 %n 张图片中查找“{phrase}”？</numerusform>
      </translation>
    </message>
    <message>
      <source>Everything found with a score of at least {score} becomes an object to be reviewed. It runs in the background and is one step to undo.</source>
      <translation>得分不低于 {score} 的结果都会成为待审核的对象。查找在后台进行，可一步撤销。</translation>
    </message>
    <message>
      <source>Find</source>
      <translation>查找</translation>
    </message>
    <message>
      <source>finding “{phrase}” in the project</source>
      <translation>正在项目中查找“{phrase}”</translation>
    </message>
    <message>
      <source>Draw a box around one thing of the wanted kind.</source>
      <translation>在一个想要的对象周围画框。</translation>
    </message>
    <message>
      <source>Draw a box with the right button around what is not meant.</source>
      <translation>用右键在不要的对象周围画框。</translation>
    </message>
    <message numerus="yes">
      <source>Left out, because they lie under others of a category without overlaps: %n.</source>
      <translation>
        <numerusform>已略去 %n 个：它们被同一不允许重叠的类别中的其他对象盖住。</numerusform>
      </translation>
    </message>
    <message>
      <source>{found} found in {frames} pictures, {known} known already.</source>
      <translation>在 {frames} 张图片中找到 {found} 个，已有 {known} 个。</translation>
    </message>
    <message numerus="yes">
      <source>%n picture(s) failed.</source>
      <translation>
        <numerusform>%n 张图片失败。</numerusform>
      </translation>
    </message>
    <message>
      <source>Stopped; what was found is kept.</source>
      <translation>已停止；已找到的结果保留。</translation>
    </message>
  </context>
  <context>
    <name>GainPlot</name>
    <message>
      <source>Errors met while walking down the queue</source>
      <translation>沿队列检查时遇到的错误</translation>
    </message>
  </context>
  <context>
    <name>Gestures</name>
    <message>
      <source>There is nothing to accept yet: click something first.</source>
      <translation>还没有可接受的内容：请先点击。</translation>
    </message>
    <message>
      <source>This is still the picture before: the next one is being read.</source>
      <translation>这里仍是上一张图片：下一张正在读取。</translation>
    </message>
    <message>
      <source>Select the object that pixels should be taken from.</source>
      <translation>请选择要擦除像素的对象。</translation>
    </message>
    <message>
      <source>Select the object to be split first.</source>
      <translation>请先选择要切分的对象。</translation>
    </message>
    <message>
      <source>The line does not cross the object.</source>
      <translation>这条线没有穿过对象。</translation>
    </message>
  </context>
  <context>
    <name>Hint</name>
    <message>
      <source>stop the run</source>
      <translation>停止运行</translation>
    </message>
    <message>
      <source>a run is in progress</source>
      <translation>正在运行</translation>
    </message>
    <message>
      <source>forward</source>
      <translation>向前</translation>
    </message>
    <message>
      <source>backward</source>
      <translation>向后</translation>
    </message>
    <message>
      <source>between</source>
      <translation>之间</translation>
    </message>
    <message>
      <source>frame {n}</source>
      <translation>第 {n} 帧</translation>
    </message>
    <message>
      <source>not on this frame yet</source>
      <translation>本帧尚无</translation>
    </message>
    <message>
      <source>absent</source>
      <translation>不存在</translation>
    </message>
    <message>
      <source>human frame</source>
      <translation>人工帧</translation>
    </message>
    <message>
      <source>close the shape</source>
      <translation>闭合形状</translation>
    </message>
    <message>
      <source>select the object first</source>
      <translation>请先选择对象</translation>
    </message>
    <message>
      <source>select</source>
      <translation>选择</translation>
    </message>
    <message>
      <source>new object</source>
      <translation>新对象</translation>
    </message>
    <message>
      <source>adds to {object}</source>
      <translation>添加到 {object}</translation>
    </message>
    <message>
      <source>corrects {object}</source>
      <translation>修正 {object}</translation>
    </message>
    <message>
      <source>takes from {object}</source>
      <translation>从 {object} 擦除</translation>
    </message>
    <message>
      <source>splits {object}</source>
      <translation>分割 {object}</translation>
    </message>
    <message numerus="yes">
      <source>%n click(s)</source>
      <translation>
        <numerusform>%n 次点击</numerusform>
      </translation>
    </message>
    <message>
      <source>box</source>
      <translation>框</translation>
    </message>
    <message>
      <source>the model is working</source>
      <translation>模型正在计算</translation>
    </message>
    <message>
      <source>mask {n} of {total}</source>
      <translation>掩码 {n}/{total}</translation>
    </message>
    <message>
      <source>next</source>
      <translation>下一个</translation>
    </message>
    <message>
      <source>accept</source>
      <translation>接受</translation>
    </message>
    <message>
      <source>drop</source>
      <translation>放弃</translation>
    </message>
    <message>
      <source>new {category}</source>
      <translation>新的 {category}</translation>
    </message>
  </context>
  <context>
    <name>HistoryPanel</name>
    <message>
      <source>undone</source>
      <translation>已撤销</translation>
    </message>
    <message>
      <source>History</source>
      <translation>历史</translation>
    </message>
    <message>
      <source>Steps, oldest first</source>
      <translation>步骤，最早的在前</translation>
    </message>
    <message>
      <source>Nothing done yet</source>
      <translation>尚无操作</translation>
    </message>
    <message>
      <source>Every step you take appears here. Click one to go back to it, even after closing the program.</source>
      <translation>您的每一步都会显示在这里。点击即可回到那一步，关闭程序之后也可以。</translation>
    </message>
  </context>
  <context>
    <name>Keymap</name>
    <message>
      <source> ({keys})</source>
      <translation>（{keys}）</translation>
    </message>
    <message>
      <source>This is not a key combination.</source>
      <translation>这不是按键组合。</translation>
    </message>
    <message>
      <source>{keys} opens a menu already.</source>
      <translation>{keys} 已用于打开菜单。</translation>
    </message>
    <message>
      <source>{keys} already belongs to “{action}”.</source>
      <translation>{keys} 已属于“{action}”。</translation>
    </message>
  </context>
  <context>
    <name>MaskDesk</name>
    <message numerus="yes">
      <source>%n mask(s) copied.</source>
      <translation>
        <numerusform>已复制 %n 个掩码。</numerusform>
      </translation>
    </message>
    <message>
      <source>Copy an object first.</source>
      <translation>请先复制一个对象。</translation>
    </message>
    <message>
      <source>Two selected objects need a mask on this frame.</source>
      <translation>需要选择两个在本帧有掩码的对象。</translation>
    </message>
  </context>
  <context>
    <name>Menu</name>
    <message>
      <source>&amp;File</source>
      <translation>文件(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Edit</source>
      <translation>编辑(&amp;E)</translation>
    </message>
    <message>
      <source>&amp;View</source>
      <translation>视图(&amp;V)</translation>
    </message>
    <message>
      <source>&amp;Object</source>
      <translation>对象(&amp;O)</translation>
    </message>
    <message>
      <source>&amp;Clip</source>
      <translation>视频(&amp;C)</translation>
    </message>
    <message>
      <source>&amp;Review</source>
      <translation>审核(&amp;R)</translation>
    </message>
    <message>
      <source>&amp;Help</source>
      <translation>帮助(&amp;H)</translation>
    </message>
    <message>
      <source>T&amp;ool</source>
      <translation>工具(&amp;O)</translation>
    </message>
    <message>
      <source>&amp;Mask</source>
      <translation>掩码(&amp;M)</translation>
    </message>
    <message>
      <source>O&amp;ver time</source>
      <translation>沿时间(&amp;V)</translation>
    </message>
    <message>
      <source>Panels</source>
      <translation>面板</translation>
    </message>
  </context>
  <context>
    <name>ModelDesk</name>
    <message>
      <source>loading the model</source>
      <translation>正在加载模型</translation>
    </message>
    <message>
      <source>Cached embeddings were dropped.</source>
      <translation>已清除缓存的特征。</translation>
    </message>
    <message>
      <source>{model} is ready on {device}.</source>
      <translation>{model} 已在 {device} 上就绪。</translation>
    </message>
    <message>
      <source>loading the model…</source>
      <translation>正在加载模型…</translation>
    </message>
    <message>
      <source>no model</source>
      <translation>没有模型</translation>
    </message>
    <message numerus="yes">
      <source>%n core(s)</source>
      <translation>
        <numerusform>%n 核</numerusform>
      </translation>
    </message>
    <message>
      <source>Can: {list}.</source>
      <translation>可以：{list}。</translation>
    </message>
    <message>
      <source>Cannot: {list}. SAM 3 weights can.</source>
      <translation>不可以：{list}。SAM 3 权重可以。</translation>
    </message>
  </context>
  <context>
    <name>ModelDialog</name>
    <message>
      <source>Model</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>ON THIS MACHINE</source>
      <translation>本机</translation>
    </message>
    <message>
      <source>Weights on this machine</source>
      <translation>本机上的权重</translation>
    </message>
    <message>
      <source>FETCH</source>
      <translation>下载</translation>
    </message>
    <message>
      <source>Looking…</source>
      <translation>正在查找…</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>设备</translation>
    </message>
    <message>
      <source>Precision</source>
      <translation>精度</translation>
    </message>
    <message>
      <source>Choose a file…</source>
      <translation>选择文件…</translation>
    </message>
    <message>
      <source>Load</source>
      <translation>加载</translation>
    </message>
    <message>
      <source>Weights to fetch</source>
      <translation>要下载的权重</translation>
    </message>
    <message>
      <source>sent to the hub, kept nowhere</source>
      <translation>只发送给模型库，不会保存</translation>
    </message>
    <message>
      <source>Hub token</source>
      <translation>模型库令牌</translation>
    </message>
    <message>
      <source>Licence and access…</source>
      <translation>许可证与权限…</translation>
    </message>
    <message>
      <source>Fetch</source>
      <translation>下载</translation>
    </message>
    <message>
      <source>Weights</source>
      <translation>权重</translation>
    </message>
    <message>
      <source>Token</source>
      <translation>令牌</translation>
    </message>
    <message>
      <source>Its authors ask you to accept a licence first; then make a token on the hub.</source>
      <translation>作者要求您先接受许可证，然后在模型库创建令牌。</translation>
    </message>
    <message>
      <source>No account is needed.</source>
      <translation>无需账号。</translation>
    </message>
    <message>
      <source>yours</source>
      <translation>您的</translation>
    </message>
    <message>
      <source>of this site</source>
      <translation>本单位的</translation>
    </message>
    <message>
      <source>comes with the program</source>
      <translation>随程序提供</translation>
    </message>
  </context>
  <context>
    <name>MovedDialog</name>
    <message>
      <source>A file is not where it was</source>
      <translation>文件不在原处</translation>
    </message>
    <message>
      <source>Its objects are kept. Name the folder where your files are now: they are known by their content, whatever they are called.</source>
      <translation>其对象均已保留。请指定文件现在所在的文件夹：程序按内容识别文件，与文件名无关。</translation>
    </message>
    <message>
      <source>Look in a folder…</source>
      <translation>在文件夹中查找…</translation>
    </message>
  </context>
  <context>
    <name>Navigation</name>
    <message>
      <source>This is the last one.</source>
      <translation>这是最后一个。</translation>
    </message>
    <message>
      <source>This is the first one.</source>
      <translation>这是第一个。</translation>
    </message>
    <message>
      <source>Everything else is done.</source>
      <translation>其余均已完成。</translation>
    </message>
  </context>
  <context>
    <name>ObjectsPanel</name>
    <message>
      <source>Objects</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>Click something in the picture{click} or draw a box around it{box}.</source>
      <translation>点击图片中的目标{click}，或框住它{box}。</translation>
    </message>
    <message>
      <source>Click something in the picture{click}, draw a box around it{box}, or type what to look for into Find{phrase}.</source>
      <translation>在图片中点击{click}，在其周围画框{box}，或在“查找”中输入要找的内容{phrase}。</translation>
    </message>
    <message>
      <source>Click something in the picture{click}, draw a box around it{box}, or find all like one by an example box{example}.</source>
      <translation>点击图片中的目标{click}，框住它{box}，或用示例框{example}查找所有类似的。</translation>
    </message>
    <message>
      <source>No objects yet</source>
      <translation>还没有对象</translation>
    </message>
    <message>
      <source>Objects by category</source>
      <translation>按类别排列的对象</translation>
    </message>
    <message>
      <source>Category {name}, {note}</source>
      <translation>类别 {name}，{note}</translation>
    </message>
    <message>
      <source>hidden</source>
      <translation>隐藏</translation>
    </message>
    <message>
      <source>locked</source>
      <translation>锁定</translation>
    </message>
    <message>
      <source>{count} · KEY {key}</source>
      <translation>{count} · 按键 {key}</translation>
    </message>
  </context>
  <context>
    <name>Panels</name>
    <message>
      <source>Objects</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>Properties</source>
      <translation>属性</translation>
    </message>
    <message>
      <source>Review</source>
      <translation>审核</translation>
    </message>
    <message>
      <source>History</source>
      <translation>历史</translation>
    </message>
    <message>
      <source>Candidates</source>
      <translation>候选</translation>
    </message>
    <message>
      <source>Pictures</source>
      <translation>图片</translation>
    </message>
  </context>
  <context>
    <name>PatienceSync</name>
    <message>
      <source>Still waiting for {name} ({seconds} s).</source>
      <translation>仍在等待 {name}（{seconds} 秒）。</translation>
    </message>
  </context>
  <context>
    <name>PlaybackDesk</name>
    <message>
      <source>There is no human frame on that side.</source>
      <translation>那一侧没有人工帧。</translation>
    </message>
    <message>
      <source>The clip is still being read.</source>
      <translation>视频仍在读取中。</translation>
    </message>
  </context>
  <context>
    <name>PropertiesPanel</name>
    <message>
      <source>Properties</source>
      <translation>属性</translation>
    </message>
    <message>
      <source>Select one object, in the picture{key} or in the list, to see its category, attributes and flags.</source>
      <translation>在图片中{key}或列表中选择一个对象，即可查看其类别、属性和标志。</translation>
    </message>
    <message>
      <source>Nothing selected</source>
      <translation>没有选择</translation>
    </message>
    <message>
      <source>Locked: unlock it to change it.</source>
      <translation>已锁定：解锁后才能更改。</translation>
    </message>
    <message>
      <source>Category</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>a number</source>
      <translation>数字</translation>
    </message>
    <message>
      <source>not set</source>
      <translation>未设置</translation>
    </message>
    <message>
      <source>ON THIS FRAME</source>
      <translation>本帧</translation>
    </message>
    <message>
      <source>FACTS</source>
      <translation>信息</translation>
    </message>
    <message>
      <source>Absent</source>
      <translation>不存在</translation>
    </message>
    <message>
      <source>Occluded</source>
      <translation>被遮挡</translation>
    </message>
    <message>
      <source>Out of view</source>
      <translation>在画面外</translation>
    </message>
    <message>
      <source>Unsure</source>
      <translation>不确定</translation>
    </message>
    <message>
      <source>Made by</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>Found with</source>
      <translation>检测得分</translation>
    </message>
    <message>
      <source>{n} px</source>
      <translation>{n} 像素</translation>
    </message>
    <message>
      <source>Area</source>
      <translation>面积</translation>
    </message>
    <message>
      <source>Box</source>
      <translation>框</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>出处</translation>
    </message>
    <message>
      <source>Confidence</source>
      <translation>置信度</translation>
    </message>
    <message>
      <source>Author</source>
      <translation>作者</translation>
    </message>
    <message>
      <source>Edited</source>
      <translation>编辑时间</translation>
    </message>
    <message>
      <source>Model</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>Review</source>
      <translation>审核</translation>
    </message>
  </context>
  <context>
    <name>ReportDesk</name>
    <message>
      <source>Save the work report</source>
      <translation>保存工作报告</translation>
    </message>
    <message>
      <source>Written: {one} and {other}.</source>
      <translation>已写入：{one} 和 {other}。</translation>
    </message>
  </context>
  <context>
    <name>RescueDesk</name>
    <message>
      <source>Save what is readable</source>
      <translation>保存可读取的内容</translation>
    </message>
    <message>
      <source>{rows} rows were saved.</source>
      <translation>已保存 {rows} 行。</translation>
    </message>
    <message numerus="yes">
      <source>%n mask(s) could not be read.</source>
      <translation>
        <numerusform>%n 个掩码无法读取。</numerusform>
      </translation>
    </message>
    <message>
      <source>saving what is readable</source>
      <translation>正在保存可读取的内容</translation>
    </message>
  </context>
  <context>
    <name>Review</name>
    <message>
      <source>proposed</source>
      <translation>待定</translation>
    </message>
    <message>
      <source>accepted</source>
      <translation>已接受</translation>
    </message>
    <message>
      <source>rejected</source>
      <translation>已拒绝</translation>
    </message>
    <message>
      <source>needs work</source>
      <translation>需要修改</translation>
    </message>
    <message>
      <source>{frames} frames reviewed, {errors} of them wrong. From {least_frames} frames with {least_errors} errors on, this says how many errors the head of the queue holds; until then it is sorted by default weights.</source>
      <translation>已审核 {frames} 帧，其中 {errors} 帧有误。达到 {least_frames} 帧、{least_errors} 个错误之后，这里会显示队列前部包含多少错误；在此之前按默认权重排序。</translation>
    </message>
    <message>
      <source>On your last {frames} reviewed frames the first {first} % of this queue held {found} % of the errors; {predicted} % were predicted.</source>
      <translation>在您最近审核的 {frames} 帧中，队列的前 {first} % 包含了 {found} % 的错误；预测为 {predicted} %。</translation>
    </message>
  </context>
  <context>
    <name>ReviewDesk</name>
    <message>
      <source>The end of the queue.</source>
      <translation>队列已到末尾。</translation>
    </message>
    <message>
      <source>Nothing doubtful is left here.</source>
      <translation>这里没有可疑之处了。</translation>
    </message>
    <message>
      <source>Still measuring…</source>
      <translation>仍在测量…</translation>
    </message>
    <message>
      <source>Correct it: click, brush or draw; then accept it.</source>
      <translation>请修正：点击、涂刷或绘制，然后接受。</translation>
    </message>
    <message>
      <source>{step} from frame {frame} on.</source>
      <translation>从第 {frame} 帧起{step}。</translation>
    </message>
    <message>
      <source>Signed off</source>
      <translation>已签核</translation>
    </message>
    <message numerus="yes">
      <source>Signed off with %n mask(s) rejected or to be fixed</source>
      <translation>
        <numerusform>已签核，其中 %n 个掩码已拒绝或待修改</numerusform>
      </translation>
    </message>
    <message>
      <source>Select an object, or go to a doubtful frame.</source>
      <translation>请选择一个对象，或转到可疑帧。</translation>
    </message>
  </context>
  <context>
    <name>ReviewPanel</name>
    <message>
      <source>Review</source>
      <translation>审核</translation>
    </message>
    <message>
      <source>Which rows to show</source>
      <translation>显示哪些行</translation>
    </message>
    <message>
      <source>Good</source>
      <translation>正确</translation>
    </message>
    <message>
      <source>Fix</source>
      <translation>修正</translation>
    </message>
    <message>
      <source>Reject</source>
      <translation>拒绝</translation>
    </message>
    <message>
      <source>Swap back</source>
      <translation>换回</translation>
    </message>
    <message>
      <source>Yes</source>
      <translation>是</translation>
    </message>
    <message>
      <source>No</source>
      <translation>否</translation>
    </message>
    <message>
      <source>Sign off</source>
      <translation>签核</translation>
    </message>
    <message>
      <source>Doubtful first</source>
      <translation>可疑的在前</translation>
    </message>
    <message>
      <source>CALIBRATION</source>
      <translation>校准</translation>
    </message>
    <message>
      <source>COMMENTS AND SIGN-OFF</source>
      <translation>评论与签核</translation>
    </message>
    <message>
      <source>{place} OF {total}</source>
      <translation>{place} / {total}</translation>
    </message>
  </context>
  <context>
    <name>ReviewSync</name>
    <message>
      <source>Every {category} found?</source>
      <translation>{category} 都找到了吗？</translation>
    </message>
    <message>
      <source>all found, said {who}</source>
      <translation>{who}：全部找到</translation>
    </message>
    <message>
      <source>some are missing, said {who}</source>
      <translation>{who}：有遗漏</translation>
    </message>
    <message>
      <source>{chance} % likely to be wrong</source>
      <translation>有误的可能性 {chance} %</translation>
    </message>
    <message>
      <source>frames {start} to {stop}</source>
      <translation>第 {start} 至 {stop} 帧</translation>
    </message>
    <message>
      <source>Doubtful first</source>
      <translation>可疑的在前</translation>
    </message>
    <message>
      <source>Not judged yet</source>
      <translation>尚未判断</translation>
    </message>
    <message>
      <source>Changed since sign-off</source>
      <translation>签核后有更改</translation>
    </message>
    <message>
      <source>Rejected or to fix</source>
      <translation>被拒绝或待修正</translation>
    </message>
    <message>
      <source>Accepted</source>
      <translation>已接受</translation>
    </message>
    <message>
      <source>Everything</source>
      <translation>全部</translation>
    </message>
    <message>
      <source>Nothing to review</source>
      <translation>没有需要审核的内容</translation>
    </message>
    <message>
      <source>Open a clip or pictures with masks that a model made.</source>
      <translation>打开含有模型生成掩码的视频或图片。</translation>
    </message>
    <message>
      <source>Measuring…</source>
      <translation>正在测量…</translation>
    </message>
    <message>
      <source>Nothing doubtful is left</source>
      <translation>没有可疑之处了</translation>
    </message>
    <message>
      <source>Sign off, or choose another list above.</source>
      <translation>请签核，或在上方选择另一个列表。</translation>
    </message>
    <message>
      <source>No rows here</source>
      <translation>这里没有内容</translation>
    </message>
    <message>
      <source>Masks that a model made appear here, the likeliest errors first. Track an object{track} or find things with the Find bar to get some.</source>
      <translation>模型生成的掩码会显示在这里，最可能有误的在前。跟踪对象{track}或用查找栏查找即可得到。</translation>
    </message>
    <message>
      <source>Looked at {share} % of the masks so far.</source>
      <translation>目前已查看 {share} % 的掩码。</translation>
    </message>
    <message>
      <source>Comparing objects…</source>
      <translation>正在比较对象…</translation>
    </message>
    <message>
      <source>Nobody has signed this off yet.</source>
      <translation>尚无人签核。</translation>
    </message>
    <message>
      <source>Signed by {who}, {when}: {what}.</source>
      <translation>{who} 于 {when} 签核：{what}。</translation>
    </message>
    <message numerus="yes">
      <source>%n mask(s) changed since.</source>
      <translation>
        <numerusform>此后有 %n 个掩码改变。</numerusform>
      </translation>
    </message>
    <message>
      <source>everything</source>
      <translation>全部</translation>
    </message>
  </context>
  <context>
    <name>RunDesk</name>
    <message>
      <source>A run is in progress. Cancel it, or wait.</source>
      <translation>正在运行。请取消或等待。</translation>
    </message>
    <message>
      <source>Open a clip first.</source>
      <translation>请先打开视频。</translation>
    </message>
    <message>
      <source>{n} frames/s</source>
      <translation>{n} 帧/秒</translation>
    </message>
    <message>
      <source>A run needs {need} GB for one object and only {free} GB are free on the model's device. Close other programs, or load smaller weights.</source>
      <translation>运行一个对象需要 {need} GB，而模型所在设备只剩 {free} GB。请关闭其他程序，或加载较小的权重。</translation>
    </message>
    <message>
      <source>Drag over the lanes to select a range of frames first.</source>
      <translation>请先在轨道上拖动以选择帧范围。</translation>
    </message>
    <message>
      <source>Select the object that you corrected first.</source>
      <translation>请先选择您修正过的对象。</translation>
    </message>
    <message>
      <source>Runs cross shot cuts now.</source>
      <translation>运行现在可跨越镜头切换。</translation>
    </message>
    <message>
      <source>Runs stop at shot cuts now.</source>
      <translation>运行现在会在镜头切换处停止。</translation>
    </message>
    <message>
      <source>Shot cuts are still being looked for; this run crosses them.</source>
      <translation>仍在查找镜头切换；本次运行会跨越它们。</translation>
    </message>
    <message>
      <source>{objects} objects need {need} GB, {free} GB are free.</source>
      <translation>{objects} 个对象需要 {need} GB，可用 {free} GB。</translation>
    </message>
    <message numerus="yes">
      <source>They can be followed in groups of %n.</source>
      <translation>
        <numerusform>可以分组跟踪，每组 %n 个。</numerusform>
      </translation>
    </message>
    <message>
      <source>In groups</source>
      <translation>分组</translation>
    </message>
    <message>
      <source>The run needs {need} GB of {free} GB that are free.</source>
      <translation>本次运行需要 {need} GB，可用 {free} GB。</translation>
    </message>
    <message>
      <source>These objects are locked. Unlock them first.</source>
      <translation>这些对象已锁定。请先解锁。</translation>
    </message>
    <message>
      <source>recomputing around the correction</source>
      <translation>正在重新计算修正的前后</translation>
    </message>
    <message>
      <source>propagating, {total} frames</source>
      <translation>正在传播，共 {total} 帧</translation>
    </message>
    <message>
      <source>{n} still agree</source>
      <translation>{n} 帧仍一致</translation>
    </message>
    <message numerus="yes">
      <source>%n frame(s) computed.</source>
      <translation>
        <numerusform>已计算 %n 帧。</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n frame(s) saved: the old masks still agree.</source>
      <translation>
        <numerusform>省去 %n 帧：旧掩码仍然一致。</numerusform>
      </translation>
    </message>
    <message>
      <source>Stopped; what is done is kept, and the run can go on.</source>
      <translation>已停止；已完成的保留，可以继续运行。</translation>
    </message>
  </context>
  <context>
    <name>SettingsDialog</name>
    <message>
      <source>Settings</source>
      <translation>设置</translation>
    </message>
    <message>
      <source>written beside your work</source>
      <translation>写在您的标注旁</translation>
    </message>
    <message>
      <source>Colour objects by category</source>
      <translation>按类别着色</translation>
    </message>
    <message>
      <source>Prepare the neighbouring pictures</source>
      <translation>预先处理相邻图片</translation>
    </message>
    <message>
      <source>Recompute around every correction on a clip</source>
      <translation>在视频中每次修正后重新计算前后</translation>
    </message>
    <message>
      <source>Theme</source>
      <translation>主题</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>语言</translation>
    </message>
    <message>
      <source>Your name</source>
      <translation>您的名字</translation>
    </message>
    <message>
      <source>Masks agree from an overlap of</source>
      <translation>掩码一致所需的重叠</translation>
    </message>
    <message>
      <source>on frames in a row</source>
      <translation>连续帧数</translation>
    </message>
    <message>
      <source>as the system</source>
      <translation>跟随系统</translation>
    </message>
    <message>
      <source>light</source>
      <translation>浅色</translation>
    </message>
    <message>
      <source>dark</source>
      <translation>深色</translation>
    </message>
    <message>
      <source>The language changes when the program starts again.</source>
      <translation>重新启动程序后语言生效。</translation>
    </message>
  </context>
  <context>
    <name>ShortcutsDialog</name>
    <message>
      <source>Keyboard shortcuts</source>
      <translation>键盘快捷键</translation>
    </message>
    <message>
      <source>Search by name or key</source>
      <translation>按名称或按键搜索</translation>
    </message>
    <message>
      <source>Search</source>
      <translation>搜索</translation>
    </message>
    <message>
      <source>New keys</source>
      <translation>新按键</translation>
    </message>
    <message>
      <source>Reset all</source>
      <translation>全部重置</translation>
    </message>
    <message>
      <source>Action</source>
      <translation>操作</translation>
    </message>
    <message>
      <source>Keys</source>
      <translation>按键</translation>
    </message>
    <message>
      <source>Actions</source>
      <translation>操作</translation>
    </message>
    <message>
      <source>Assign</source>
      <translation>指定</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Default</source>
      <translation>默认</translation>
    </message>
    <message>
      <source>Changed.</source>
      <translation>已更改。</translation>
    </message>
  </context>
  <context>
    <name>Source</name>
    <message>
      <source>human</source>
      <translation>人工</translation>
    </message>
    <message>
      <source>model</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>interpolated</source>
      <translation>插值</translation>
    </message>
    <message>
      <source>imported</source>
      <translation>导入</translation>
    </message>
    <message>
      <source>not on this frame</source>
      <translation>不在本帧</translation>
    </message>
  </context>
  <context>
    <name>StatusBar</name>
    <message>
      <source>Status</source>
      <translation>状态</translation>
    </message>
    <message>
      <source>Message</source>
      <translation>消息</translation>
    </message>
    <message>
      <source>Progress</source>
      <translation>进度</translation>
    </message>
    <message>
      <source>Pause</source>
      <translation>暂停</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>Resume</source>
      <translation>继续</translation>
    </message>
    <message>
      <source>saved</source>
      <translation>已保存</translation>
    </message>
    <message>
      <source>no pictures yet</source>
      <translation>还没有图片</translation>
    </message>
    <message numerus="yes">
      <source>%n masklet(s)</source>
      <translation>
        <numerusform>%n 条掩码轨迹</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>%n object(s)</source>
      <translation>
        <numerusform>%n 个对象</numerusform>
      </translation>
    </message>
    <message>
      <source>picture {n} / {total}</source>
      <translation>第 {n} / {total} 张</translation>
    </message>
    <message>
      <source>frame {n} / {total}</source>
      <translation>第 {n} / {total} 帧</translation>
    </message>
    <message>
      <source>range {start}–{stop}</source>
      <translation>范围 {start}–{stop}</translation>
    </message>
    <message numerus="yes">
      <source>(+%n more)</source>
      <translation>
        <numerusform>(另有 %n 项)</numerusform>
      </translation>
    </message>
  </context>
  <context>
    <name>TextDialog</name>
    <message>
      <source>Copy</source>
      <translation>复制</translation>
    </message>
  </context>
  <context>
    <name>ThumbnailsPanel</name>
    <message>
      <source>to do</source>
      <translation>待办</translation>
    </message>
    <message>
      <source>done</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>reviewed</source>
      <translation>已审核</translation>
    </message>
    <message>
      <source>{name}: {state}, {count} objects</source>
      <translation>{name}:{state}，{count} 个对象</translation>
    </message>
    <message>
      <source>{text}, file not found</source>
      <translation>{text}，找不到文件</translation>
    </message>
    <message>
      <source>No pictures yet</source>
      <translation>还没有图片</translation>
    </message>
    <message>
      <source>Open a folder of pictures or a clip, or drop it here.</source>
      <translation>打开图片文件夹或视频，或拖放到这里。</translation>
    </message>
    <message>
      <source>All</source>
      <translation>全部</translation>
    </message>
    <message>
      <source>To do</source>
      <translation>待办</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>Reviewed</source>
      <translation>已审核</translation>
    </message>
    <message>
      <source>Show by state</source>
      <translation>按状态显示</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Show by name</source>
      <translation>按名称显示</translation>
    </message>
    <message>
      <source>{n} in all</source>
      <translation>共 {n} 个</translation>
    </message>
    <message>
      <source>{shown} of {total}</source>
      <translation>{shown} / {total}</translation>
    </message>
    <message>
      <source>Pictures and clips</source>
      <translation>图片和视频</translation>
    </message>
  </context>
  <context>
    <name>TimeDesk</name>
    <message>
      <source>interpolating</source>
      <translation>正在插值</translation>
    </message>
    <message>
      <source>smoothing over time</source>
      <translation>正在沿时间平滑</translation>
    </message>
    <message>
      <source>painting on every frame of the range</source>
      <translation>正在范围内逐帧绘制</translation>
    </message>
    <message>
      <source>Brush and eraser work on every frame of the selected range now.</source>
      <translation>画笔和橡皮现在作用于所选范围的每一帧。</translation>
    </message>
    <message>
      <source>Brush and eraser work on the shown frame alone.</source>
      <translation>画笔和橡皮只作用于当前帧。</translation>
    </message>
    <message>
      <source>The object has no human frame to copy from.</source>
      <translation>该对象没有可复制的人工帧。</translation>
    </message>
    <message>
      <source>Select an object first.</source>
      <translation>请先选择一个对象。</translation>
    </message>
    <message>
      <source>Select one object first.</source>
      <translation>请先选择一个对象。</translation>
    </message>
    <message>
      <source>Select two objects first: click one, Ctrl-click the other.</source>
      <translation>请先选择两个对象：点击一个，再按住 Ctrl 点击另一个。</translation>
    </message>
  </context>
  <context>
    <name>Timeline</name>
    <message>
      <source>Split</source>
      <translation>切分</translation>
    </message>
    <message>
      <source>Swap</source>
      <translation>互换</translation>
    </message>
    <message>
      <source>Absent</source>
      <translation>不存在</translation>
    </message>
    <message>
      <source>The selected object on the frames around</source>
      <translation>所选对象在前后各帧</translation>
    </message>
    <message>
      <source>frame {n}</source>
      <translation>第 {n} 帧</translation>
    </message>
    <message>
      <source>State of the review over the whole clip</source>
      <translation>整个视频的审核状态</translation>
    </message>
    <message>
      <source>Review: green accepted, grey open, amber low confidence, red rejected or to fix</source>
      <translation>审核：绿色已接受，灰色未定，琥珀色低置信度，红色已拒绝或待修改</translation>
    </message>
    <message>
      <source>{name}, frame {n}: {what}</source>
      <translation>{name}，第 {n} 帧：{what}</translation>
    </message>
    <message>
      <source>absent</source>
      <translation>不存在</translation>
    </message>
    <message>
      <source>nothing known</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>absent, says the model</source>
      <translation>不存在(模型)</translation>
    </message>
    <message>
      <source>imported</source>
      <translation>导入</translation>
    </message>
    <message>
      <source>interpolated</source>
      <translation>插值</translation>
    </message>
    <message>
      <source>model</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>model, unsure</source>
      <translation>模型，不确定</translation>
    </message>
    <message>
      <source>absent, says a person</source>
      <translation>不存在(人工)</translation>
    </message>
    <message>
      <source>human frame</source>
      <translation>人工帧</translation>
    </message>
    <message>
      <source>Timeline of the clip</source>
      <translation>视频时间轴</translation>
    </message>
    <message>
      <source>Filter</source>
      <translation>筛选</translation>
    </message>
    <message>
      <source>Show objects by name</source>
      <translation>按名称显示对象</translation>
    </message>
    <message>
      <source>Sort and filter</source>
      <translation>排序和筛选</translation>
    </message>
    <message>
      <source>Sort by number</source>
      <translation>按编号排序</translation>
    </message>
    <message>
      <source>Sort by first frame</source>
      <translation>按首帧排序</translation>
    </message>
    <message>
      <source>Sort by length</source>
      <translation>按长度排序</translation>
    </message>
    <message>
      <source>Low confidence first</source>
      <translation>低置信度在前</translation>
    </message>
    <message>
      <source>Show all objects</source>
      <translation>显示全部对象</translation>
    </message>
    <message>
      <source>Show objects on this frame</source>
      <translation>显示本帧的对象</translation>
    </message>
    <message>
      <source>Show selected objects</source>
      <translation>显示所选对象</translation>
    </message>
    <message>
      <source>Show objects not yet accepted</source>
      <translation>显示尚未接受的对象</translation>
    </message>
    <message>
      <source>Show objects with low confidence</source>
      <translation>显示低置信度对象</translation>
    </message>
    <message>
      <source>Curve of confidence</source>
      <translation>置信度曲线</translation>
    </message>
    <message>
      <source>Curve of area</source>
      <translation>面积曲线</translation>
    </message>
    <message>
      <source>Frame</source>
      <translation>帧</translation>
    </message>
    <message>
      <source>Pictures and clips</source>
      <translation>图片和视频</translation>
    </message>
    <message>
      <source>Propagate</source>
      <translation>传播</translation>
    </message>
    <message>
      <source>{t} s</source>
      <translation>{t} 秒</translation>
    </message>
    <message>
      <source>{n} fps</source>
      <translation>{n} 帧/秒</translation>
    </message>
    <message>
      <source>Timeline</source>
      <translation>时间轴</translation>
    </message>
    <message>
      <source>No object fits the filter.</source>
      <translation>没有符合筛选条件的对象。</translation>
    </message>
    <message>
      <source>frame {n}, {lanes} objects</source>
      <translation>第 {n} 帧，{lanes} 个对象</translation>
    </message>
  </context>
  <context>
    <name>TimelineSync</name>
    <message>
      <source>Objects over time appear here: mark one in the picture, then propagate it{key}.</source>
      <translation>随时间变化的对象会显示在这里：先在图片中标出一个，再传播它{key}。</translation>
    </message>
  </context>
  <context>
    <name>ToneDialog</name>
    <message>
      <source>Brightness and contrast</source>
      <translation>亮度和对比度</translation>
    </message>
    <message>
      <source>Brightness</source>
      <translation>亮度</translation>
    </message>
    <message>
      <source>Contrast</source>
      <translation>对比度</translation>
    </message>
    <message>
      <source>Gamma</source>
      <translation>伽马</translation>
    </message>
    <message>
      <source>Mask opacity</source>
      <translation>掩码不透明度</translation>
    </message>
    <message>
      <source>Only what you see changes, never the file.</source>
      <translation>只改变显示，绝不改动文件。</translation>
    </message>
    <message>
      <source>Reset</source>
      <translation>重置</translation>
    </message>
  </context>
  <context>
    <name>ToolStrip</name>
    <message>
      <source>Tools</source>
      <translation>工具</translation>
    </message>
  </context>
  <context>
    <name>TopBar</name>
    <message>
      <source>The model and the device it runs on</source>
      <translation>模型及其运行的设备</translation>
    </message>
    <message>
      <source>no model</source>
      <translation>没有模型</translation>
    </message>
    <message>
      <source>Model: {text}</source>
      <translation>模型：{text}</translation>
    </message>
  </context>
  <context>
    <name>TroubleDialog</name>
    <message>
      <source>Something went wrong</source>
      <translation>出了问题</translation>
    </message>
    <message>
      <source>Choose a model…</source>
      <translation>选择模型…</translation>
    </message>
    <message>
      <source>The file was not touched.</source>
      <translation>文件未被改动。</translation>
    </message>
    <message>
      <source>Your work is on disk; drawing tools go on working.</source>
      <translation>您的工作已在磁盘上；绘图工具可继续使用。</translation>
    </message>
    <message>
      <source>Everything you did before is on disk.</source>
      <translation>您之前所做的一切都已写入磁盘。</translation>
    </message>
  </context>
  <context>
    <name>WelcomePage</name>
    <message>
      <source>pick some pictures</source>
      <translation>选择若干图片</translation>
    </message>
    <message>
      <source>a folder of pictures</source>
      <translation>整个图片文件夹</translation>
    </message>
    <message>
      <source>track objects in a film</source>
      <translation>在视频中跟踪对象</translation>
    </message>
    <message>
      <source>go on where you were</source>
      <translation>从上次处继续</translation>
    </message>
    <message>
      <source>an empty one</source>
      <translation>从空白开始</translation>
    </message>
    <message>
      <source>pictures and a clip</source>
      <translation>图片和一段视频</translation>
    </message>
    <message>
      <source>Projects you open appear here.</source>
      <translation>打开过的项目会显示在这里。</translation>
    </message>
    <message>
      <source>Loading the model…</source>
      <translation>正在加载模型…</translation>
    </message>
    <message>
      <source>RECENT PROJECTS</source>
      <translation>最近的项目</translation>
    </message>
    <message>
      <source>MODEL</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>Choose a model…</source>
      <translation>选择模型…</translation>
    </message>
    <message>
      <source>Point at things or name them. Version {version}.</source>
      <translation>指出来，或说出名字。版本 {version}。</translation>
    </message>
    <message>
      <source>No model is loaded.</source>
      <translation>没有加载模型。</translation>
    </message>
  </context>
  <context>
    <name>Wording</name>
    <message>
      <source>The doctor could not be asked: {error}.</source>
      <translation>无法运行诊断：{error}。</translation>
    </message>
    <message>
      <source>{folder} is not of an earlier demo.</source>
      <translation>{folder} 不是以前的演示留下的。</translation>
    </message>
    <message>
      <source>The sample could not be copied to {folder}: {why}.</source>
      <translation>无法将示例复制到 {folder}：{why}。</translation>
    </message>
    <message>
      <source>Edit mask</source>
      <translation>编辑掩码</translation>
    </message>
    <message>
      <source>Propagate</source>
      <translation>传播</translation>
    </message>
    <message>
      <source>todo</source>
      <translation>待处理</translation>
    </message>
    <message>
      <source>done</source>
      <translation>已完成</translation>
    </message>
    <message>
      <source>reviewed</source>
      <translation>已审核</translation>
    </message>
    <message>
      <source>Add media</source>
      <translation>添加媒体</translation>
    </message>
    <message>
      <source>Add {count} media</source>
      <translation>添加 {count} 个媒体</translation>
    </message>
    <message>
      <source>Remove media</source>
      <translation>移除媒体</translation>
    </message>
    <message>
      <source>Remove {count} media</source>
      <translation>移除 {count} 个媒体</translation>
    </message>
    <message>
      <source>Mark as {state}</source>
      <translation>标记为{state}</translation>
    </message>
    <message>
      <source>Find moved media</source>
      <translation>查找移动过的媒体</translation>
    </message>
    <message>
      <source>Add category {name}</source>
      <translation>添加类别 {name}</translation>
    </message>
    <message>
      <source>Edit category {name}</source>
      <translation>编辑类别 {name}</translation>
    </message>
    <message>
      <source>A category needs a name.</source>
      <translation>类别需要名称。</translation>
    </message>
    <message>
      <source>{color} is not a colour; write it as #rrggbb.</source>
      <translation>{color} 不是颜色；请写成 #rrggbb。</translation>
    </message>
    <message>
      <source>Every attribute of a category needs a name of its own.</source>
      <translation>类别的每个属性都需要各自的名称。</translation>
    </message>
    <message>
      <source>There is already a category called {name}.</source>
      <translation>已有名为 {name} 的类别。</translation>
    </message>
    <message>
      <source>The key {hotkey} already belongs to {name}.</source>
      <translation>按键 {hotkey} 已属于 {name}。</translation>
    </message>
    <message>
      <source>Remove category {name}</source>
      <translation>移除类别 {name}</translation>
    </message>
    <message>
      <source>A category cannot be merged into itself.</source>
      <translation>类别不能合并到自身。</translation>
    </message>
    <message>
      <source>Merge {name} into {other}</source>
      <translation>将 {name} 合并到 {other}</translation>
    </message>
    <message>
      <source>{objects} labelled {name}. Merge the category into another one, or remove what is labelled so first.</source>
      <translation>{objects}标注为 {name}。请先将此类别合并到另一类别，或移除这样标注的对象。</translation>
    </message>
    <message>
      <source>1 object is</source>
      <translation>有 1 个对象</translation>
    </message>
    <message>
      <source>{count} objects are</source>
      <translation>有 {count} 个对象</translation>
    </message>
    <message>
      <source>The new order does not name every category once.</source>
      <translation>新的顺序没有恰好列出每个类别一次。</translation>
    </message>
    <message>
      <source>Reorder categories</source>
      <translation>重排类别</translation>
    </message>
    <message>
      <source>A person worked on this frame; a model does not change it.</source>
      <translation>此帧由人工处理过；模型不会改动它。</translation>
    </message>
    <message>
      <source>Nothing of {name} would be left: it lies under objects of the same category, which may not overlap, or outside the picture.</source>
      <translation>{name} 将一点不剩：它位于同类对象之下（该类别不允许重叠），或在图片之外。</translation>
    </message>
    <message>
      <source>{title}: {name}</source>
      <translation>{title}：{name}</translation>
    </message>
    <message>
      <source>{name} has no mask here.</source>
      <translation>{name} 在此处没有掩码。</translation>
    </message>
    <message>
      <source>Clear mask: {name}</source>
      <translation>清除掩码：{name}</translation>
    </message>
    <message>
      <source>There is nothing to mark.</source>
      <translation>没有可标记的内容。</translation>
    </message>
    <message>
      <source>Mark {flags}: {names}</source>
      <translation>标记为{flags}：{names}</translation>
    </message>
    <message>
      <source>Unmark {flags}: {names}</source>
      <translation>取消标记{flags}：{names}</translation>
    </message>
    <message>
      <source>absent</source>
      <translation>不存在</translation>
    </message>
    <message>
      <source>occluded</source>
      <translation>被遮挡</translation>
    </message>
    <message>
      <source>out of view</source>
      <translation>在画面外</translation>
    </message>
    <message>
      <source>unsure</source>
      <translation>不确定</translation>
    </message>
    <message>
      <source>There is nothing on these frames to mark.</source>
      <translation>这些帧上没有可标记的内容。</translation>
    </message>
    <message>
      <source>There is nothing to add.</source>
      <translation>没有可添加的内容。</translation>
    </message>
    <message>
      <source>Nothing of {name} is left: it lies under objects of the same category, which may not overlap, or outside the picture.</source>
      <translation>{name} 一点不剩：它位于同类对象之下（该类别不允许重叠），或在图片之外。</translation>
    </message>
    <message>
      <source>Add {names}</source>
      <translation>添加 {names}</translation>
    </message>
    <message>
      <source>Remove {names}</source>
      <translation>移除 {names}</translation>
    </message>
    <message>
      <source>Change {names} to {category}</source>
      <translation>将 {names} 改为 {category}</translation>
    </message>
    <message>
      <source>Reorder {names}</source>
      <translation>重排 {names}</translation>
    </message>
    <message>
      <source>Lock {names}</source>
      <translation>锁定 {names}</translation>
    </message>
    <message>
      <source>Unlock {names}</source>
      <translation>解锁 {names}</translation>
    </message>
    <message>
      <source>Hide {names}</source>
      <translation>隐藏 {names}</translation>
    </message>
    <message>
      <source>Show {names}</source>
      <translation>显示 {names}</translation>
    </message>
    <message>
      <source>Set attributes of {name}</source>
      <translation>设置 {name} 的属性</translation>
    </message>
    <message>
      <source>{name} has nothing on this frame to describe.</source>
      <translation>{name} 在此帧上没有可描述的内容。</translation>
    </message>
    <message>
      <source>text</source>
      <translation>文字</translation>
    </message>
    <message>
      <source>choice</source>
      <translation>选项</translation>
    </message>
    <message>
      <source>number</source>
      <translation>数字</translation>
    </message>
    <message>
      <source>flag</source>
      <translation>开关</translation>
    </message>
    <message>
      <source>{name} must be a {kind}, not {value!r}.</source>
      <translation>{name} 必须是{kind}，而不是 {value!r}。</translation>
    </message>
    <message>
      <source>{name} must be one of {choices}, not {value}.</source>
      <translation>{name} 必须是以下之一：{choices}，而不是 {value}。</translation>
    </message>
    <message>
      <source>No object is selected.</source>
      <translation>没有选择对象。</translation>
    </message>
    <message>
      <source>proposed</source>
      <translation>待审核</translation>
    </message>
    <message>
      <source>accepted</source>
      <translation>已接受</translation>
    </message>
    <message>
      <source>rejected</source>
      <translation>已拒绝</translation>
    </message>
    <message>
      <source>needs work</source>
      <translation>需要修改</translation>
    </message>
    <message>
      <source>Review {names}: {state}</source>
      <translation>审核 {names}：{state}</translation>
    </message>
    <message>
      <source>all found</source>
      <translation>已全部找到</translation>
    </message>
    <message>
      <source>some are missing</source>
      <translation>有遗漏</translation>
    </message>
    <message>
      <source>Check {name}: {said}</source>
      <translation>检查 {name}：{said}</translation>
    </message>
    <message>
      <source>A comment needs words.</source>
      <translation>评论需要文字。</translation>
    </message>
    <message>
      <source>Add comment</source>
      <translation>添加评论</translation>
    </message>
    <message>
      <source>Remove comment</source>
      <translation>移除评论</translation>
    </message>
    <message>
      <source>Resolve comment</source>
      <translation>解决评论</translation>
    </message>
    <message>
      <source>Reopen comment</source>
      <translation>重新打开评论</translation>
    </message>
    <message>
      <source>This comment is no longer there.</source>
      <translation>此评论已不存在。</translation>
    </message>
    <message>
      <source>Sign off</source>
      <translation>签核</translation>
    </message>
    <message>
      <source>Run {model}</source>
      <translation>运行 {model}</translation>
    </message>
    <message>
      <source>{name} has masks on one side of this frame only.</source>
      <translation>{name} 只在此帧的一侧有掩码。</translation>
    </message>
    <message>
      <source>Split {name}</source>
      <translation>切分 {name}</translation>
    </message>
    <message>
      <source>Choose two different objects.</source>
      <translation>请选择两个不同的对象。</translation>
    </message>
    <message>
      <source>The two objects are on different media.</source>
      <translation>两个对象不在同一媒体上。</translation>
    </message>
    <message>
      <source>Neither object has a mask on these frames.</source>
      <translation>两个对象在这些帧上都没有掩码。</translation>
    </message>
    <message>
      <source>Swap {name} and {other}</source>
      <translation>互换 {name} 和 {other}</translation>
    </message>
    <message>
      <source>There is no mask on these frames.</source>
      <translation>这些帧上没有掩码。</translation>
    </message>
    <message>
      <source>Delete mask</source>
      <translation>删除掩码</translation>
    </message>
    <message>
      <source>Delete {count} masks</source>
      <translation>删除 {count} 个掩码</translation>
    </message>
    <message>
      <source>Hold {name}</source>
      <translation>保持 {name}</translation>
    </message>
    <message>
      <source>The mask is on this frame already.</source>
      <translation>此掩码已在本帧上。</translation>
    </message>
    <message>
      <source>Copy {name} to frame {frame}</source>
      <translation>将 {name} 复制到第 {frame} 帧</translation>
    </message>
    <message>
      <source>{name} has no mask on frame {frame}.</source>
      <translation>{name} 在第 {frame} 帧上没有掩码。</translation>
    </message>
    <message>
      <source>This object is no longer in the project.</source>
      <translation>此对象已不在项目中。</translation>
    </message>
    <message>
      <source>{name} is locked. Unlock it to change it.</source>
      <translation>{name} 已锁定。请先解锁再修改。</translation>
    </message>
    <message>
      <source>{count} objects</source>
      <translation>{count} 个对象</translation>
    </message>
    <message>
      <source>A mask in the project file is damaged ({error}).</source>
      <translation>项目文件中有一个掩码已损坏（{error}）。</translation>
    </message>
    <message>
      <source>Draw it again, or take it from an older copy of the project.</source>
      <translation>请重新绘制该掩码，或从项目的旧副本中取回。</translation>
    </message>
    <message>
      <source>There is no frame {frame}; the last one is {last}.</source>
      <translation>没有第 {frame} 帧；最后一帧是第 {last} 帧。</translation>
    </message>
    <message>
      <source>There are no such frames; the last one is {last}.</source>
      <translation>没有这些帧；最后一帧是第 {last} 帧。</translation>
    </message>
    <message>
      <source>This media is no longer in the project.</source>
      <translation>此媒体已不在项目中。</translation>
    </message>
    <message>
      <source>This category is no longer in the project.</source>
      <translation>此类别已不在项目中。</translation>
    </message>
    <message>
      <source>{message} {remedy}</source>
      <translation>{message}{remedy}</translation>
    </message>
    <message>
      <source>{name} cannot search by a phrase. Draw an exemplar box, or load SAM 3 weights.</source>
      <translation>{name} 不能按文字查找。请画一个示例框，或加载 SAM 3 权重。</translation>
    </message>
    <message>
      <source>{name} cannot find things by example.</source>
      <translation>{name} 不能按示例查找。</translation>
    </message>
    <message>
      <source>{name} cannot search by concept; load SAM 3 weights.</source>
      <translation>{name} 不能按概念查找；请加载 SAM 3 权重。</translation>
    </message>
    <message>
      <source>{name}: this file has no click heads.</source>
      <translation>{name}：此文件没有点击部分。</translation>
    </message>
    <message>
      <source>This file has no click heads, so it cannot track.</source>
      <translation>此文件没有点击部分，因此不能跟踪。</translation>
    </message>
    <message>
      <source>Looking at human frames</source>
      <translation>正在查看人工帧</translation>
    </message>
    <message>
      <source>Tracking</source>
      <translation>正在跟踪</translation>
    </message>
    <message>
      <source>Looking at what was found before</source>
      <translation>正在查看先前找到的对象</translation>
    </message>
    <message>
      <source>Looking for the concept</source>
      <translation>正在查找概念</translation>
    </message>
    <message>
      <source>{source} is already in this program's own small format.</source>
      <translation>{source} 已是本程序自己的小格式。</translation>
    </message>
    <message>
      <source>the disk is full</source>
      <translation>磁盘已满</translation>
    </message>
    <message>
      <source>{target} cannot be written: {what}.</source>
      <translation>无法写入 {target}：{what}。</translation>
    </message>
    <message>
      <source>Choose another place.</source>
      <translation>请选择其他位置。</translation>
    </message>
    <message>
      <source>This machine has an NVIDIA GPU, but the installed torch was built without CUDA, so everything runs on the CPU. Install a CUDA build of torch.</source>
      <translation>本机有 NVIDIA GPU，但所安装的 torch 不含 CUDA，因此一切都在 CPU 上运行。请安装带 CUDA 的 torch。</translation>
    </message>
    <message>
      <source>This machine has an NVIDIA GPU, but its driver{driver} does not work with torch {torch} (CUDA {cuda}), so everything runs on the CPU. Update the driver, or restart after an update.</source>
      <translation>本机有 NVIDIA GPU，但其驱动程序{driver}与 torch {torch}（CUDA {cuda}）不兼容，因此一切都在 CPU 上运行。请更新驱动程序，或在更新后重新启动。</translation>
    </message>
    <message>
      <source>The device is out of memory.</source>
      <translation>设备内存不足。</translation>
    </message>
    <message>
      <source>Close other programs that use it, follow fewer objects at once, or choose the CPU in the settings.</source>
      <translation>请关闭占用它的其他程序，减少同时跟踪的对象，或在设置中选择 CPU。</translation>
    </message>
    <message>
      <source>The graphics device failed ({reason}).</source>
      <translation>图形设备出现故障（{reason}）。</translation>
    </message>
    <message>
      <source>Your labels are saved. Restart the program; if it comes again, update the driver.</source>
      <translation>您的标注已保存。请重新启动程序；如果再次出现，请更新驱动程序。</translation>
    </message>
    <message>
      <source>There is no device called {name}.</source>
      <translation>没有名为 {name} 的设备。</translation>
    </message>
    <message>
      <source>Use {known}.</source>
      <translation>请使用 {known}。</translation>
    </message>
    <message>
      <source>{name} is not a device for models.</source>
      <translation>{name} 不是可运行模型的设备。</translation>
    </message>
    <message>
      <source>Use {choices}.</source>
      <translation>请使用 {choices}。</translation>
    </message>
    <message>
      <source>{name} cannot be used on this machine.</source>
      <translation>{name} 在本机上不可用。</translation>
    </message>
    <message>
      <source>There is no {name}: {count} device(s) of that kind were found.</source>
      <translation>没有 {name}：找到 {count} 个此类设备。</translation>
    </message>
    <message>
      <source>There is no precision called {name}.</source>
      <translation>没有名为 {name} 的精度。</translation>
    </message>
    <message>
      <source>The hub library is set to offline mode (HF_HUB_OFFLINE).</source>
      <translation>hub 库被设为离线模式（HF_HUB_OFFLINE）。</translation>
    </message>
    <message>
      <source>Unset it, or give a weights file from disk.</source>
      <translation>请取消该设置，或指定磁盘上的权重文件。</translation>
    </message>
    <message>
      <source>The disk of {folder} is too full: {needed:.1f} GB are needed, {free:.1f} GB are free.</source>
      <translation>{folder} 所在磁盘空间不足：需要 {needed:.1f} GB，可用 {free:.1f} GB。</translation>
    </message>
    <message>
      <source>Free some space, or choose another folder.</source>
      <translation>请腾出空间，或选择其他文件夹。</translation>
    </message>
    <message>
      <source>{filename} arrived damaged: its SHA-256 is {found}…, the hub says {etag}….</source>
      <translation>{filename} 下载后已损坏：其 SHA-256 为 {found}…，而 hub 给出的是 {etag}…。</translation>
    </message>
    <message>
      <source>Download it again.</source>
      <translation>请重新下载。</translation>
    </message>
    <message>
      <source>Your request for {title} is waiting for its authors to answer.</source>
      <translation>您对 {title} 的申请正在等待其作者答复。</translation>
    </message>
    <message>
      <source>Try again when the hub has told you by e-mail. Status: {page}</source>
      <translation>收到 hub 的电子邮件通知后请再试。状态：{page}</translation>
    </message>
    <message>
      <source>Its authors have declined your request for {title}.</source>
      <translation>其作者已拒绝您对 {title} 的申请。</translation>
    </message>
    <message>
      <source>Details: {page}. The program also runs with SAM 2.1 weights, which need no permission.</source>
      <translation>详情：{page}。本程序也可使用 SAM 2.1 权重，无需许可。</translation>
    </message>
    <message>
      <source>Your token may not read gated repositories.</source>
      <translation>您的令牌无权读取受限仓库。</translation>
    </message>
    <message>
      <source>Allow it to read public gated repositories in its settings, or make one of type “read”.</source>
      <translation>请在其设置中允许读取公开的受限仓库，或新建一个“read”类型的令牌。</translation>
    </message>
    <message>
      <source>You have not asked for access to {title} yet.</source>
      <translation>您尚未申请 {title} 的访问权限。</translation>
    </message>
    <message>
      <source>Open {page} in a browser, accept the licence, then try again.</source>
      <translation>请在浏览器中打开 {page}，接受许可协议，然后再试。</translation>
    </message>
    <message>
      <source>The hub has no {filename} in {repo} at {revision}.</source>
      <translation>hub 上的 {repo} 在 {revision} 处没有 {filename}。</translation>
    </message>
    <message>
      <source>Update the program: the file may have moved.</source>
      <translation>请更新程序：文件可能已移动。</translation>
    </message>
    <message>
      <source>The hub does not accept your token.</source>
      <translation>hub 不接受您的令牌。</translation>
    </message>
    <message>
      <source>Make a new one at https://huggingface.co/settings/tokens and enter it again.</source>
      <translation>请在 https://huggingface.co/settings/tokens 新建一个令牌并重新输入。</translation>
    </message>
    <message>
      <source>{title} is given only to people who asked for it, and there is no token.</source>
      <translation>{title} 只提供给申请过的人，而这里没有令牌。</translation>
    </message>
    <message>
      <source>Accept the licence at {page}, make a token at https://huggingface.co/settings/tokens and enter it.</source>
      <translation>请在 {page} 接受许可协议，在 https://huggingface.co/settings/tokens 新建令牌并输入。</translation>
    </message>
    <message>
      <source>The hub refused {filename} (HTTP {status}).</source>
      <translation>hub 拒绝提供 {filename}（HTTP {status}）。</translation>
    </message>
    <message>
      <source>Try again later.</source>
      <translation>请稍后再试。</translation>
    </message>
    <message>
      <source>The disk of {folder} became full while {filename} was downloaded.</source>
      <translation>下载 {filename} 时，{folder} 所在磁盘已满。</translation>
    </message>
    <message>
      <source>Free some space and start again: it goes on where it stopped.</source>
      <translation>请腾出空间后重新开始：将从中断处继续。</translation>
    </message>
    <message>
      <source>The folder {folder} cannot be written.</source>
      <translation>无法写入文件夹 {folder}。</translation>
    </message>
    <message>
      <source>Choose another folder.</source>
      <translation>请选择其他文件夹。</translation>
    </message>
    <message>
      <source>The hub at {endpoint} cannot be reached or broke off.</source>
      <translation>无法连接 hub（{endpoint}），或连接中断。</translation>
    </message>
    <message>
      <source>Check the connection and start again: it goes on where it stopped. Without a connection, give a weights file from disk.</source>
      <translation>请检查网络连接后重新开始：将从中断处继续。没有网络时，请指定磁盘上的权重文件。</translation>
    </message>
    <message>
      <source>Reading {name}</source>
      <translation>正在读取 {name}</translation>
    </message>
    <message>
      <source>Checking the file's hash</source>
      <translation>正在校验文件哈希</translation>
    </message>
    <message>
      <source>Building the model</source>
      <translation>正在构建模型</translation>
    </message>
    <message>
      <source>{path} holds the part “{found}” of the bundled model, not {part}.</source>
      <translation>{path} 是随附模型的“{found}”部分，而不是 {part}。</translation>
    </message>
    <message>
      <source>{path} does not fit {title}.</source>
      <translation>{path} 与 {title} 不匹配。</translation>
    </message>
    <message>
      <source>{name} cannot search by exemplars; load SAM 3 weights.</source>
      <translation>{name} 不能按示例查找；请加载 SAM 3 权重。</translation>
    </message>
    <message>
      <source>Give a phrase, or at least one positive exemplar.</source>
      <translation>请给出文字，或至少一个正示例。</translation>
    </message>
    <message>
      <source>Click something, or draw a box.</source>
      <translation>请点击某物，或画一个框。</translation>
    </message>
    <message>
      <source>No model called {name} can be built.</source>
      <translation>无法构建名为 {name} 的模型。</translation>
    </message>
    <message>
      <source>Loading the model</source>
      <translation>正在加载模型</translation>
    </message>
    <message>
      <source>{name} cannot track a phrase through a clip; load SAM 3 weights, or click the objects and propagate.</source>
      <translation>{name} 不能在视频中按文字跟踪；请加载 SAM 3 权重，或点击对象后传播。</translation>
    </message>
    <message>
      <source>Reading the picture</source>
      <translation>正在读取图片</translation>
    </message>
    <message>
      <source>Looking at the picture</source>
      <translation>正在分析图片</translation>
    </message>
    <message>
      <source>No model is loaded yet. Choose weights in the model dialog.</source>
      <translation>尚未加载模型。请在模型对话框中选择权重。</translation>
    </message>
    <message>
      <source>{name}: this file has no memory, so it cannot track.</source>
      <translation>{name}：此文件没有记忆部分，因此不能跟踪。</translation>
    </message>
    <message>
      <source>{name} cannot track concepts; load SAM 3.</source>
      <translation>{name} 不能跟踪概念；请加载 SAM 3。</translation>
    </message>
    <message>
      <source>mini, fast: pictures looked at in 768 instead of 1024 pixels</source>
      <translation>mini 快速：以 768 像素（而非 1024）处理图片</translation>
    </message>
    <message>
      <source>There are no weights on this machine, and the bundled ones are missing.</source>
      <translation>本机没有权重，随附的权重也缺失。</translation>
    </message>
    <message>
      <source>Install the program again, or choose a weights file.</source>
      <translation>请重新安装程序，或选择权重文件。</translation>
    </message>
    <message>
      <source>There is no file {path}.</source>
      <translation>没有文件 {path}。</translation>
    </message>
    <message>
      <source>Check the path.</source>
      <translation>请检查路径。</translation>
    </message>
    <message>
      <source>No weights called {wanted} are known on this machine.</source>
      <translation>本机没有名为 {wanted} 的权重。</translation>
    </message>
    <message>
      <source>Give a path, put the file into {folder}, or download it: sam3-annotator weights download {wanted}</source>
      <translation>请给出路径，将文件放入 {folder}，或下载：sam3-annotator weights download {wanted}</translation>
    </message>
    <message>
      <source>{name} (bundled, {family})</source>
      <translation>{name}（随附，{family}）</translation>
    </message>
    <message>
      <source>{path} already holds files.</source>
      <translation>{path} 中已有文件。</translation>
    </message>
    <message>
      <source>Choose a new or an empty folder.</source>
      <translation>请选择新的或空的文件夹。</translation>
    </message>
    <message>
      <source>The disk is full: {path} was not written.</source>
      <translation>磁盘已满：{path} 未写入。</translation>
    </message>
    <message>
      <source>Make space, try again.</source>
      <translation>请腾出空间后再试。</translation>
    </message>
    <message>
      <source>{path} may not be written.</source>
      <translation>无权写入 {path}。</translation>
    </message>
    <message>
      <source>Choose a folder you may write to.</source>
      <translation>请选择您有写入权限的文件夹。</translation>
    </message>
    <message>
      <source>The folder of {path} does not exist.</source>
      <translation>{path} 所在文件夹不存在。</translation>
    </message>
    <message>
      <source>{path} was not written: {reason}.</source>
      <translation>{path} 未写入：{reason}。</translation>
    </message>
    <message>
      <source>Try another place.</source>
      <translation>请换一个位置再试。</translation>
    </message>
    <message>
      <source>No list of frames for {name}: {why}</source>
      <translation>{name} 没有帧列表：{why}</translation>
    </message>
    <message>
      <source>No list of frames for {name}: it has {count} frames now and had {before}.</source>
      <translation>{name} 没有帧列表：它现在有 {count} 帧，原有 {before} 帧。</translation>
    </message>
    <message>
      <source>The truth has no clip with frames in it.</source>
      <translation>真值中没有带帧的视频。</translation>
    </message>
    <message>
      <source>There is no answer for the clip "{clip}"; there are: {names}.</source>
      <translation>没有视频“{clip}”的结果；已有：{names}。</translation>
    </message>
    <message>
      <source>The truth of "{clip}" is {width} x {height} pixels, the answer {found_width} x {found_height}.</source>
      <translation>“{clip}”的真值为 {width} x {height} 像素，结果为 {found_width} x {found_height}。</translation>
    </message>
    <message>
      <source>Score masks of the same size.</source>
      <translation>请对尺寸相同的掩码评分。</translation>
    </message>
    <message>
      <source>The file does not hold the annotations that were written.</source>
      <translation>文件中没有所写入的标注。</translation>
    </message>
    <message>
      <source>Annotation {id} differs in {count} pixels.</source>
      <translation>标注 {id} 有 {count} 个像素不同。</translation>
    </message>
    <message>
      <source>Annotation {id} has another box or area.</source>
      <translation>标注 {id} 的框或面积不同。</translation>
    </message>
    <message>
      <source>{count} frames without a mask (absent objects) are not listed.</source>
      <translation>{count} 帧没有掩码（对象不存在），未列出。</translation>
    </message>
    <message>
      <source>{count} of {total} masks were written as run-lengths, because they have holes or no polygon meets the tolerance.</source>
      <translation>{total} 个掩码中有 {count} 个以游程编码写入，因为它们有孔洞，或没有多边形满足容差。</translation>
    </message>
    <message>
      <source>{count} polygons differ from their masks, by {most} pixels at most, all within {tolerance} px of the edge.</source>
      <translation>{count} 个多边形与其掩码不同，最多 {most} 个像素，均在边缘 {tolerance} 像素以内。</translation>
    </message>
    <message>
      <source>{path} has neither "images" nor "annotations": it is no COCO file.</source>
      <translation>{path} 中既没有“images”也没有“annotations”：不是 COCO 文件。</translation>
    </message>
    <message>
      <source>annotations without any pixel were left out</source>
      <translation>略去了没有任何像素的标注</translation>
    </message>
    <message>
      <source>Phrases of which a clip has no object are not listed as looked for in it.</source>
      <translation>视频中没有对应对象的文字，不列为在其中查找过。</translation>
    </message>
    <message>
      <source>{count} pictures are not clips and were left out.</source>
      <translation>{count} 张图片不是视频，已略去。</translation>
    </message>
    <message>
      <source>{path} has no "videos": it is no file of masklets.</source>
      <translation>{path} 中没有“videos”：不是掩码轨迹文件。</translation>
    </message>
    <message>
      <source>{folder} holds no numbered PNG files.</source>
      <translation>{folder} 中没有带编号的 PNG 文件。</translation>
    </message>
    <message>
      <source>Choose the folder that holds Annotations.</source>
      <translation>请选择包含 Annotations 的文件夹。</translation>
    </message>
    <message>
      <source>{name}, frame {frame}: {count} pixels went to the object in front.</source>
      <translation>{name}，第 {frame} 帧：{count} 个像素归入前面的对象。</translation>
    </message>
    <message>
      <source>{name} has {count} objects; DAVIS holds at most {most} per clip.</source>
      <translation>{name} 有 {count} 个对象；DAVIS 每个视频最多 {most} 个。</translation>
    </message>
    <message>
      <source>Export fewer categories, or choose COCO.</source>
      <translation>请导出更少的类别，或选择 COCO。</translation>
    </message>
    <message>
      <source>{name}, frame {frame} differs in {count} pixels.</source>
      <translation>{name}，第 {frame} 帧有 {count} 个像素不同。</translation>
    </message>
    <message>
      <source>The clip name "{media}" leads out of the folder of clips.</source>
      <translation>视频名“{media}”指向视频文件夹之外。</translation>
    </message>
    <message>
      <source>{path} is {width} x {height} pixels, the first picture of {name} is {media_width} x {media_height}.</source>
      <translation>{path} 为 {width} x {height} 像素，而 {name} 的第一张图片为 {media_width} x {media_height}。</translation>
    </message>
    <message>
      <source>{told}; and {count} more</source>
      <translation>{told}；另有 {count} 处</translation>
    </message>
    <message>
      <source>{path} cannot be imported: {told}.</source>
      <translation>无法导入 {path}：{told}。</translation>
    </message>
    <message>
      <source>Nothing was changed. Correct the file.</source>
      <translation>未作任何改动。请修正文件。</translation>
    </message>
    <message>
      <source>Pictures and clips outside the project's folder are listed as if they lay in it: {name} is {given}.</source>
      <translation>项目文件夹之外的图片和视频按位于其中的方式列出：{name} 写作 {given}。</translation>
    </message>
    <message>
      <source>{folder} is not a folder.</source>
      <translation>{folder} 不是文件夹。</translation>
    </message>
    <message>
      <source>Choose a folder of pictures.</source>
      <translation>请选择图片文件夹。</translation>
    </message>
    <message>
      <source>The clip is closed.</source>
      <translation>视频已关闭。</translation>
    </message>
    <message>
      <source>The export was made on {count} frames, the clip has {now}.</source>
      <translation>导出时有 {count} 帧，此视频有 {now} 帧。</translation>
    </message>
    <message>
      <source>Frame {index} shows another picture.</source>
      <translation>第 {index} 帧的画面不同。</translation>
    </message>
    <message>
      <source>Frame {index} has timestamp {found}, not {wanted}.</source>
      <translation>第 {index} 帧的时间戳为 {found}，而不是 {wanted}。</translation>
    </message>
    <message>
      <source>And {count} more.</source>
      <translation>另有 {count} 处。</translation>
    </message>
    <message>
      <source>{path} is no list of frames made by this program.</source>
      <translation>{path} 不是本程序生成的帧列表。</translation>
    </message>
    <message>
      <source>{path}, line {line} is damaged.</source>
      <translation>{path} 第 {line} 行已损坏。</translation>
    </message>
    <message>
      <source>category "{name}" has several supercategories; the first was kept</source>
      <translation>类别“{name}”有多个上级类别；保留了第一个</translation>
    </message>
    <message>
      <source>{sentence} ({count} times)</source>
      <translation>{sentence}（{count} 次）</translation>
    </message>
    <message>
      <source>attribute "{name}" holds no plain value and was left out</source>
      <translation>属性“{name}”不是简单值，已略去</translation>
    </message>
    <message>
      <source>{path} is closed.</source>
      <translation>{path} 已关闭。</translation>
    </message>
    <message>
      <source>{path} changed its size while it was open.</source>
      <translation>{path} 在打开期间改变了尺寸。</translation>
    </message>
    <message>
      <source>Open it again.</source>
      <translation>请重新打开。</translation>
    </message>
    <message>
      <source>{path} is {size:.1f} GB, more than the {limit:.1f} GB that are read.</source>
      <translation>{path} 有 {size:.1f} GB，超过可读取的 {limit:.1f} GB。</translation>
    </message>
    <message>
      <source>Split it into several files.</source>
      <translation>请拆分为多个文件。</translation>
    </message>
    <message>
      <source>{path} is nested too deeply to be an annotation file.</source>
      <translation>{path} 嵌套过深，不可能是标注文件。</translation>
    </message>
    <message>
      <source>{path} is not UTF-8 text.</source>
      <translation>{path} 不是 UTF-8 文本。</translation>
    </message>
    <message>
      <source>Save it as UTF-8.</source>
      <translation>请另存为 UTF-8。</translation>
    </message>
    <message>
      <source>{path} is not JSON: {what} in line {line}, column {column}.</source>
      <translation>{path} 不是 JSON：第 {line} 行第 {column} 列：{what}。</translation>
    </message>
    <message>
      <source>{path}: {error}</source>
      <translation>{path}：{error}</translation>
    </message>
    <message>
      <source>{path} holds {kind} where an object with images and annotations is expected.</source>
      <translation>{path} 中是{kind}，而应为包含 images 和 annotations 的对象。</translation>
    </message>
    <message>
      <source>{path}: "{name}" is {kind}, a list is expected.</source>
      <translation>{path}：“{name}”是{kind}，而应为列表。</translation>
    </message>
    <message>
      <source>{path}: entry {position} of "{name}" is {kind}, an object is expected.</source>
      <translation>{path}：“{name}”的第 {position} 项是{kind}，而应为对象。</translation>
    </message>
    <message>
      <source>a list</source>
      <translation>列表</translation>
    </message>
    <message>
      <source>an object</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>true or false</source>
      <translation>真假值</translation>
    </message>
    <message>
      <source>nothing</source>
      <translation>空值</translation>
    </message>
    <message>
      <source>a number</source>
      <translation>数字</translation>
    </message>
    <message>
      <source>{path} stores colours ({mode}), a picture of object numbers is expected.</source>
      <translation>{path} 存储的是颜色（{mode}），而应为对象编号的图片。</translation>
    </message>
    <message>
      <source>Export palette or grey PNG.</source>
      <translation>请导出调色板或灰度 PNG。</translation>
    </message>
    <message>
      <source>{path} is no picture, or damaged: {error}.</source>
      <translation>{path} 不是图片，或已损坏：{error}。</translation>
    </message>
    <message>
      <source>{path} is damaged: {error}.</source>
      <translation>{path} 已损坏：{error}。</translation>
    </message>
    <message>
      <source>{path} holds numbers above 65535.</source>
      <translation>{path} 中有大于 65535 的编号。</translation>
    </message>
    <message>
      <source>{name} has no frame {index}; its frames are 0 to {last}.</source>
      <translation>{name} 没有第 {index} 帧；其帧为 0 到 {last}。</translation>
    </message>
    <message>
      <source>{path} is not there.</source>
      <translation>{path} 不存在。</translation>
    </message>
    <message>
      <source>Check its name, put it back, or locate it again.</source>
      <translation>请检查名称、放回原处，或重新定位。</translation>
    </message>
    <message>
      <source>{path} may not be read.</source>
      <translation>无权读取 {path}。</translation>
    </message>
    <message>
      <source>Ask for permission to read it.</source>
      <translation>请申请读取权限。</translation>
    </message>
    <message>
      <source>{path} is a folder, not a file.</source>
      <translation>{path} 是文件夹，不是文件。</translation>
    </message>
    <message>
      <source>Choose a file inside it.</source>
      <translation>请选择其中的文件。</translation>
    </message>
    <message>
      <source>{path} cannot be read: {reason}.</source>
      <translation>无法读取 {path}：{reason}。</translation>
    </message>
    <message>
      <source>Check the disk or the connection.</source>
      <translation>请检查磁盘或连接。</translation>
    </message>
    <message>
      <source>{path} holds neither MOTS text nor PNG files.</source>
      <translation>{path} 中既没有 MOTS 文本也没有 PNG 文件。</translation>
    </message>
    <message>
      <source>There are {count} categories; MOTS pictures hold {most}.</source>
      <translation>共有 {count} 个类别；MOTS 图片最多容纳 {most} 个。</translation>
    </message>
    <message>
      <source>{clip} has {count} or more objects of one category; MOTS numbers at most {most}.</source>
      <translation>{clip} 中同一类别的对象达 {count} 个或更多；MOTS 最多编号 {most} 个。</translation>
    </message>
    <message>
      <source>Choose COCO.</source>
      <translation>请选择 COCO。</translation>
    </message>
    <message>
      <source>picture</source>
      <translation>图片</translation>
    </message>
    <message>
      <source>{name}, frame {frame}, {kind} differs in {count} pixels.</source>
      <translation>{name}，第 {frame} 帧，{kind}有 {count} 个像素不同。</translation>
    </message>
    <message>
      <source>{path} is no MOTS text.</source>
      <translation>{path} 不是 MOTS 文本。</translation>
    </message>
    <message>
      <source>lines without any pixel were left out</source>
      <translation>略去了没有任何像素的行</translation>
    </message>
    <message>
      <source>{name}: {note}</source>
      <translation>{name}：{note}</translation>
    </message>
    <message>
      <source>{name} is neither a picture nor a clip.</source>
      <translation>{name} 既不是图片也不是视频。</translation>
    </message>
    <message>
      <source>{path} claims {width} x {height} pixels, more than this program opens.</source>
      <translation>{path} 声称有 {width} x {height} 像素，超过本程序可打开的大小。</translation>
    </message>
    <message>
      <source>Cut it into tiles, or check that the file is what it says.</source>
      <translation>请将其切成小块，或确认文件名副其实。</translation>
    </message>
    <message>
      <source>{path} is {width} x {height} pixels ({pixels:.0f} megapixels), above the limit of {limit:.0f} that are opened without asking.</source>
      <translation>{path} 为 {width} x {height} 像素（{pixels:.0f} 百万像素），超过不经询问即可打开的上限 {limit:.0f}。</translation>
    </message>
    <message>
      <source>Allow huge pictures to open it; that takes {memory:.1f} GB of memory.</source>
      <translation>如要打开，请允许超大图片；这将占用 {memory:.1f} GB 内存。</translation>
    </message>
    <message>
      <source>{path} is empty (0 bytes).</source>
      <translation>{path} 是空文件（0 字节）。</translation>
    </message>
    <message>
      <source>Copy it again from its source.</source>
      <translation>请从来源重新复制。</translation>
    </message>
    <message>
      <source>{path} is not a picture this program can read.</source>
      <translation>{path} 不是本程序能读取的图片。</translation>
    </message>
    <message>
      <source>Convert it to PNG, JPEG or TIFF.</source>
      <translation>请转换为 PNG、JPEG 或 TIFF。</translation>
    </message>
    <message>
      <source>{path} has no page {page}, or is cut off.</source>
      <translation>{path} 没有第 {page} 页，或不完整。</translation>
    </message>
    <message>
      <source>{path} does not fit into memory.</source>
      <translation>内存装不下 {path}。</translation>
    </message>
    <message>
      <source>Cut it into tiles.</source>
      <translation>请将其切成小块。</translation>
    </message>
    <message>
      <source>{path} is damaged or cut off: {reason}.</source>
      <translation>{path} 已损坏或不完整：{reason}。</translation>
    </message>
    <message>
      <source>{path} is damaged or cut off.</source>
      <translation>{path} 已损坏或不完整。</translation>
    </message>
    <message>
      <source>No file to import was given.</source>
      <translation>没有给出要导入的文件。</translation>
    </message>
    <message>
      <source>{name} is in no format that can be imported.</source>
      <translation>{name} 的格式无法导入。</translation>
    </message>
    <message>
      <source>Choose a COCO file (.json), MOTS text (.txt), or a folder of DAVIS or MOTS pictures.</source>
      <translation>请选择 COCO 文件 (.json)、MOTS 文本 (.txt)，或 DAVIS、MOTS 图片文件夹。</translation>
    </message>
    <message>
      <source>One file or folder is expected, {count} were given.</source>
      <translation>应为一个文件或文件夹，给出了 {count} 个。</translation>
    </message>
    <message>
      <source>COCO for clips (YouTube-VIS)</source>
      <translation>视频 COCO (YouTube-VIS)</translation>
    </message>
    <message>
      <source>DAVIS palette PNG</source>
      <translation>DAVIS 调色板 PNG</translation>
    </message>
    <message>
      <source>MOTS text and PNG</source>
      <translation>MOTS 文本和 PNG</translation>
    </message>
    <message>
      <source>YOLO segmentation</source>
      <translation>YOLO 分割</translation>
    </message>
    <message>
      <source>There is no format "{key}".</source>
      <translation>没有格式“{key}”。</translation>
    </message>
    <message>
      <source>Choose one of: {known}.</source>
      <translation>请从以下选择：{known}。</translation>
    </message>
    <message>
      <source>{title} can only be imported.</source>
      <translation>{title} 只能导入。</translation>
    </message>
    <message>
      <source>{path} is there already and is no export of this format.</source>
      <translation>{path} 已存在，且不是该格式的导出文件。</translation>
    </message>
    <message>
      <source>It was left as it is. Choose another name.</source>
      <translation>未作改动。请换一个名称。</translation>
    </message>
    <message>
      <source>{title} holds clips, and none is to be exported.</source>
      <translation>{title} 只能容纳视频片段，而要导出的内容中没有。</translation>
    </message>
    <message>
      <source>Choose COCO or YOLO for pictures.</source>
      <translation>图片请选择 COCO 或 YOLO。</translation>
    </message>
    <message>
      <source>frames written</source>
      <translation>已写入的帧</translation>
    </message>
    <message>
      <source>{title} can only be exported.</source>
      <translation>{title} 只能导出。</translation>
    </message>
    <message>
      <source>{name}, frame {frame}, masklet {number} differs in {count} pixels.</source>
      <translation>{name}，第 {frame} 帧，掩码轨迹 {number} 有 {count} 个像素不同。</translation>
    </message>
    <message>
      <source>There are no pictures to make a clip of.</source>
      <translation>没有可组成视频的图片。</translation>
    </message>
    <message>
      <source>Choose a folder.</source>
      <translation>请选择文件夹。</translation>
    </message>
    <message>
      <source>{name} is closed.</source>
      <translation>{name} 已关闭。</translation>
    </message>
    <message>
      <source>Frame {index} of the clip ({path}) is {width} x {height} pixels, the first one {first_width} x {first_height}.</source>
      <translation>视频的第 {index} 帧（{path}）为 {width} x {height} 像素，第一帧为 {first_width} x {first_height}。</translation>
    </message>
    <message>
      <source>All pictures of a clip must have one size; open them as single pictures.</source>
      <translation>视频的所有图片必须尺寸相同；请作为单张图片打开。</translation>
    </message>
    <message>
      <source>There are no pictures in {folder}.</source>
      <translation>{folder} 中没有图片。</translation>
    </message>
    <message>
      <source>{path}: {told}.</source>
      <translation>{path}：{told}。</translation>
    </message>
    <message>
      <source>The thumbnail cache {folder} cannot be read: {error}.</source>
      <translation>无法读取缩略图缓存 {folder}：{error}。</translation>
    </message>
    <message>
      <source>The clip asks to be shown at a slant; it is shown as stored.</source>
      <translation>此视频要求倾斜显示；现按存储的样子显示。</translation>
    </message>
    <message>
      <source>Frame {index} of {path} is {width} x {height} pixels, unlike the first one.</source>
      <translation>{path} 的第 {index} 帧为 {width} x {height} 像素，与第一帧不同。</translation>
    </message>
    <message>
      <source>Convert the clip to one size, or cut it where the size changes.</source>
      <translation>请将视频转换为统一尺寸，或在尺寸变化处切开。</translation>
    </message>
    <message>
      <source>Frame {index} of {path} is damaged and cannot be decoded.</source>
      <translation>{path} 的第 {index} 帧已损坏，无法解码。</translation>
    </message>
    <message>
      <source>The other frames can be worked on; leave this one out.</source>
      <translation>其他帧可以继续处理；请略过此帧。</translation>
    </message>
    <message>
      <source>Clips cannot be read: PyAV is not installed.</source>
      <translation>无法读取视频：未安装 PyAV。</translation>
    </message>
    <message>
      <source>Install it: pip install av</source>
      <translation>请安装：pip install av</translation>
    </message>
    <message>
      <source>Convert it, for example: ffmpeg -i CLIP -c:v libx264 -crf 12 NEW.mp4</source>
      <translation>请转换，例如：ffmpeg -i CLIP -c:v libx264 -crf 12 NEW.mp4</translation>
    </message>
    <message>
      <source>{path} changed while it was open.</source>
      <translation>{path} 在打开期间发生了变化。</translation>
    </message>
    <message>
      <source>{path} cannot be opened as a clip ({error}); it may be cut off.</source>
      <translation>无法将 {path} 作为视频打开（{error}）；文件可能不完整。</translation>
    </message>
    <message>
      <source>{path} holds no video that can be decoded.</source>
      <translation>{path} 中没有可解码的视频。</translation>
    </message>
    <message>
      <source>No frame of {path} can be decoded.</source>
      <translation>{path} 没有一帧可以解码。</translation>
    </message>
    <message>
      <source>Copy the clip again, or convert it.</source>
      <translation>请重新复制视频，或转换格式。</translation>
    </message>
    <message>
      <source>This clip has no usable timestamps: its frames are counted, and jumping back is slow.</source>
      <translation>此视频没有可用的时间戳：按帧计数，向后跳转较慢。</translation>
    </message>
    <message>
      <source>The first {count} frames need pictures from before the start of the file and are left out.</source>
      <translation>最前面的 {count} 帧需要文件开头之前的画面，已略去。</translation>
    </message>
    <message>
      <source>The clip cannot be decoded past frame {last}: the end of the file is damaged or missing{lie}{said}. Everything up to there can be worked on.</source>
      <translation>视频在第 {last} 帧之后无法解码：文件末尾损坏或缺失{lie}{said}。在此之前的部分都可以处理。</translation>
    </message>
    <message>
      <source> (its header promises {count} frames)</source>
      <translation>（其文件头声称有 {count} 帧）</translation>
    </message>
    <message>
      <source>{count} crowds were left out.</source>
      <translation>略去了 {count} 个群体标注。</translation>
    </message>
    <message>
      <source>label files</source>
      <translation>标签文件</translation>
    </message>
    <message>
      <source>lines</source>
      <translation>行</translation>
    </message>
    <message>
      <source>classes</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>Two pictures would share the label file {name}.</source>
      <translation>两张图片会共用标签文件 {name}。</translation>
    </message>
    <message>
      <source>Rename one of them.</source>
      <translation>请重命名其中之一。</translation>
    </message>
    <message>
      <source>{name}: an object of class {number} differs in {count} pixels.</source>
      <translation>{name}：类别 {number} 的一个对象有 {count} 个像素不同。</translation>
    </message>
    <message>
      <source>Download it again, or copy it again from where you have it.</source>
      <translation>请重新下载，或从原处重新复制。</translation>
    </message>
    <message>
      <source>{file} is damaged at {name}.</source>
      <translation>{file} 在 {name} 处损坏。</translation>
    </message>
    <message>
      <source>{file} cannot be read: {error}.</source>
      <translation>无法读取 {file}：{error}。</translation>
    </message>
    <message>
      <source>{file} has a damaged header.</source>
      <translation>{file} 的文件头已损坏。</translation>
    </message>
    <message>
      <source>{path} does not hold the part “{part}” of {title}, only: {held}.</source>
      <translation>{path} 不含 {title} 的“{part}”部分，只有：{held}。</translation>
    </message>
    <message>
      <source>Give the full weights.</source>
      <translation>请指定完整的权重。</translation>
    </message>
    <message>
      <source>{path} is a damaged torch file ({reason}).</source>
      <translation>{path} 是损坏的 torch 文件（{reason}）。</translation>
    </message>
    <message>
      <source>{path} is cut off: its list of contents at the end is missing.</source>
      <translation>{path} 不完整：缺少末尾的目录。</translation>
    </message>
    <message>
      <source>{path} is a TorchScript program, not weights.</source>
      <translation>{path} 是 TorchScript 程序，不是权重。</translation>
    </message>
    <message>
      <source>Give the official .pt file or a .safetensors file.</source>
      <translation>请指定官方的 .pt 文件或 .safetensors 文件。</translation>
    </message>
    <message>
      <source>{path} is a zip archive without torch weights.</source>
      <translation>{path} 是不含 torch 权重的 zip 压缩包。</translation>
    </message>
    <message>
      <source>Unpack it and give the file inside.</source>
      <translation>请解压并指定其中的文件。</translation>
    </message>
    <message>
      <source>{path} was refused: loading it would run code ({code}), not only read tensors.</source>
      <translation>已拒绝 {path}：加载它会运行代码（{code}），而不只是读取张量。</translation>
    </message>
    <message>
      <source>Use the official file, or a .safetensors file, which cannot hold code.</source>
      <translation>请使用官方文件，或不可能包含代码的 .safetensors 文件。</translation>
    </message>
    <message>
      <source>{path} is a damaged torch file.</source>
      <translation>{path} 是损坏的 torch 文件。</translation>
    </message>
    <message>
      <source>{path} is a torch file without named tensors.</source>
      <translation>{path} 是没有命名张量的 torch 文件。</translation>
    </message>
    <message>
      <source>Give the weights.</source>
      <translation>请指定权重。</translation>
    </message>
    <message>
      <source>{path} holds only zeros: a download that never filled.</source>
      <translation>{path} 全是零：下载从未完成。</translation>
    </message>
    <message>
      <source>{path} is not a weights file that this program knows.</source>
      <translation>{path} 不是本程序认识的权重文件。</translation>
    </message>
    <message>
      <source>Give a .safetensors file, a folder that holds one, or an official .pt file.</source>
      <translation>请指定 .safetensors 文件、包含它的文件夹，或官方的 .pt 文件。</translation>
    </message>
    <message>
      <source>{path} is cut off inside its header.</source>
      <translation>{path} 在文件头内中断。</translation>
    </message>
    <message>
      <source>{path} has a damaged safetensors header.</source>
      <translation>{path} 的 safetensors 文件头已损坏。</translation>
    </message>
    <message>
      <source>{path} is cut off: {missing:,} of {size:,} bytes are missing.</source>
      <translation>{path} 不完整：{size:,} 字节中缺少 {missing:,} 字节。</translation>
    </message>
    <message>
      <source>is a GGUF file (quantised, for llama.cpp-like programs)</source>
      <translation>是 GGUF 文件（量化的，用于 llama.cpp 一类程序）</translation>
    </message>
    <message>
      <source>is a Git LFS pointer, not the weights themselves</source>
      <translation>是 Git LFS 指针，不是权重本身</translation>
    </message>
    <message>
      <source>is a gzip archive</source>
      <translation>是 gzip 压缩包</translation>
    </message>
    <message>
      <source>is a 7-Zip archive</source>
      <translation>是 7-Zip 压缩包</translation>
    </message>
    <message>
      <source>is a RAR archive</source>
      <translation>是 RAR 压缩包</translation>
    </message>
    <message>
      <source>is an HDF5 (Keras) file</source>
      <translation>是 HDF5 (Keras) 文件</translation>
    </message>
    <message>
      <source>is a PDF document</source>
      <translation>是 PDF 文档</translation>
    </message>
    <message>
      <source>is a PNG picture</source>
      <translation>是 PNG 图片</translation>
    </message>
    <message>
      <source>is a JPEG picture</source>
      <translation>是 JPEG 图片</translation>
    </message>
    <message>
      <source>Give the official sam3.pt or a .safetensors file with the same weights.</source>
      <translation>请指定官方的 sam3.pt，或权重相同的 .safetensors 文件。</translation>
    </message>
    <message>
      <source>Run `git lfs pull` in its folder, or download the file itself.</source>
      <translation>请在其文件夹中运行 `git lfs pull`，或下载文件本身。</translation>
    </message>
    <message>
      <source>The link led to a page, perhaps a login page. Download the file itself.</source>
      <translation>该链接指向一个网页，可能是登录页。请下载文件本身。</translation>
    </message>
    <message>
      <source>{path} {what}.</source>
      <translation>{path} {what}。</translation>
    </message>
    <message>
      <source>{path} is a web page saved as weights.</source>
      <translation>{path} 是被存成权重的网页。</translation>
    </message>
    <message>
      <source>{path} is a JSON text, not weights.</source>
      <translation>{path} 是 JSON 文本，不是权重。</translation>
    </message>
    <message>
      <source>{path} is an ONNX or ONNX Runtime model: a finished graph, not weights.</source>
      <translation>{path} 是 ONNX 或 ONNX Runtime 模型：是成品计算图，不是权重。</translation>
    </message>
    <message>
      <source>The folder {folder} holds {count} weights files ({names}).</source>
      <translation>文件夹 {folder} 中有 {count} 个权重文件（{names}）。</translation>
    </message>
    <message>
      <source>Give one of them.</source>
      <translation>请指定其中之一。</translation>
    </message>
    <message>
      <source>The folder {folder} holds no weights.</source>
      <translation>文件夹 {folder} 中没有权重。</translation>
    </message>
    <message>
      <source>Give a folder with model.safetensors, its shards with their index, or one .pt file.</source>
      <translation>请指定包含 model.safetensors 的文件夹、带索引的分片，或一个 .pt 文件。</translation>
    </message>
    <message>
      <source>{index} is not a readable list of shards.</source>
      <translation>{index} 不是可读的分片列表。</translation>
    </message>
    <message>
      <source>{index} names shards outside its own folder.</source>
      <translation>{index} 列出了自身文件夹之外的分片。</translation>
    </message>
    <message>
      <source>{folder} lacks {count} of {total} shards: {names}.</source>
      <translation>{folder} 的 {total} 个分片中缺少 {count} 个：{names}。</translation>
    </message>
    <message>
      <source>Download the missing files into the same folder.</source>
      <translation>请将缺少的文件下载到同一文件夹。</translation>
    </message>
    <message>
      <source>The shard {file} is not a safetensors file.</source>
      <translation>分片 {file} 不是 safetensors 文件。</translation>
    </message>
    <message>
      <source>{path} was recognised as {title}, which this version cannot run yet.</source>
      <translation>{path} 识别为 {title}，本版本尚不能运行。</translation>
    </message>
    <message>
      <source>Use SAM 3 (sam3.pt), SAM 2 or SAM 2.1 weights.</source>
      <translation>请使用 SAM 3 (sam3.pt)、SAM 2 或 SAM 2.1 权重。</translation>
    </message>
    <message>
      <source>{path} was recognised as {title} ({layout} names), but its tensors do not fit: {wrong}.</source>
      <translation>{path} 识别为 {title}（{layout} 命名），但其张量不匹配：{wrong}。</translation>
    </message>
    <message>
      <source>The file is damaged, one shard of several, or a changed model; get it again.</source>
      <translation>文件已损坏、只是多个分片之一，或模型被改动过；请重新获取。</translation>
    </message>
    <message>
      <source>{path} holds only the tracker half of SAM 3 ({abilities}).</source>
      <translation>{path} 只含 SAM 3 的跟踪部分（{abilities}）。</translation>
    </message>
    <message>
      <source>Give the full weights: sam3.pt, or the folder with the whole model.safetensors.</source>
      <translation>请指定完整的权重：sam3.pt，或包含完整 model.safetensors 的文件夹。</translation>
    </message>
    <message>
      <source>{name} is not the image part of the bundled model.</source>
      <translation>{name} 不是随附模型的图像部分。</translation>
    </message>
    <message>
      <source>{path} does not fit this version of the program.</source>
      <translation>{path} 与本程序版本不匹配。</translation>
    </message>
    <message>
      <source>These weights have no point exemplars; use a box instead.</source>
      <translation>这些权重不支持点示例；请改用框。</translation>
    </message>
    <message>
      <source>Install the program again, or copy the file again from where you have it.</source>
      <translation>请重新安装程序，或从原处重新复制文件。</translation>
    </message>
    <message>
      <source>{path} is missing or damaged: {error}.</source>
      <translation>{path} 缺失或已损坏：{error}。</translation>
    </message>
    <message>
      <source>{path} is not one of this program's own weights files.</source>
      <translation>{path} 不是本程序自己的权重文件。</translation>
    </message>
    <message>
      <source>{path} has version {found}; this program reads version {version}.</source>
      <translation>{path} 的版本为 {found}；本程序读取版本 {version}。</translation>
    </message>
    <message>
      <source>Update the program.</source>
      <translation>请更新程序。</translation>
    </message>
    <message>
      <source>{path} holds no tensors.</source>
      <translation>{path} 中没有张量。</translation>
    </message>
    <message>
      <source>Give the official weights.</source>
      <translation>请指定官方权重。</translation>
    </message>
    <message>
      <source>{path} holds only a LoRA adapter ({adapters} of {count} tensors), not the model that it adapts.</source>
      <translation>{path} 只含 LoRA 适配器（{count} 个张量中的 {adapters} 个），不含它所适配的模型。</translation>
    </message>
    <message>
      <source>Merge it into the full model with the tool that made it, and give the merged file.</source>
      <translation>请用生成它的工具将其合并到完整模型，并指定合并后的文件。</translation>
    </message>
    <message>
      <source>quantised ({dtype})</source>
      <translation>量化的（{dtype}）</translation>
    </message>
    <message>
      <source>{path} was recognised as {title}, but {count} of its tensors are {what}, the first is {first}. Such files need their own scales and are not supported.</source>
      <translation>{path} 识别为 {title}，但其中 {count} 个张量是{what}，第一个是 {first}。此类文件需要自带的缩放系数，不受支持。</translation>
    </message>
    <message>
      <source>Give the weights as fp32, fp16 or bf16.</source>
      <translation>请指定 fp32、fp16 或 bf16 的权重。</translation>
    </message>
    <message>
      <source>a SAM 1 checkpoint</source>
      <translation>SAM 1 检查点</translation>
    </message>
    <message>
      <source>a Stable Diffusion checkpoint</source>
      <translation>Stable Diffusion 检查点</translation>
    </message>
    <message>
      <source>a language model</source>
      <translation>语言模型</translation>
    </message>
    <message>
      <source>Give SAM 3, SAM 2 or SAM 2.1 weights.</source>
      <translation>请指定 SAM 3、SAM 2 或 SAM 2.1 权重。</translation>
    </message>
    <message>
      <source>{path} is {what}, which is not supported.</source>
      <translation>{path} 是{what}，不受支持。</translation>
    </message>
    <message>
      <source>{path} holds {count} tensors, but not those of a SAM 2 or SAM 3 model (first names: {names}).</source>
      <translation>{path} 中有 {count} 个张量，但不是 SAM 2 或 SAM 3 模型的（最前面的名称：{names}）。</translation>
    </message>
    <message>
      <source>Install the program again, or put back the published table of byte pairs.</source>
      <translation>请重新安装程序，或放回公开发布的字节对表。</translation>
    </message>
    <message>
      <source>The tokenizer table {path} cannot be read: {error}.</source>
      <translation>无法读取分词器表 {path}：{error}。</translation>
    </message>
    <message>
      <source>{path} is not the published table of byte pairs.</source>
      <translation>{path} 不是公开发布的字节对表。</translation>
    </message>
    <message>
      <source>The folder {path} cannot be made: {reason}.</source>
      <translation>无法创建文件夹 {path}：{reason}。</translation>
    </message>
    <message>
      <source>Make it yourself, or let HOME name a folder that you may write to.</source>
      <translation>请自行创建，或让 HOME 指向您可以写入的文件夹。</translation>
    </message>
    <message>
      <source>The project {path} cannot be opened: {reason}.</source>
      <translation>无法打开项目 {path}：{reason}。</translation>
    </message>
    <message>
      <source>Check that it is there and that you may read it.</source>
      <translation>请确认它存在且您有读取权限。</translation>
    </message>
    <message>
      <source>{name} is not a SAM 3 Annotator project, or its beginning is damaged.</source>
      <translation>{name} 不是 SAM 3 Annotator 项目，或其开头已损坏。</translation>
    </message>
    <message>
      <source>Nothing was changed. Open another file, or try to save a copy of what is readable.</source>
      <translation>未作任何改动。请打开其他文件，或尝试将可读部分另存副本。</translation>
    </message>
    <message>
      <source>The project {name} is damaged ({detail}).</source>
      <translation>项目 {name} 已损坏（{detail}）。</translation>
    </message>
    <message>
      <source>Nothing was changed. Save a copy of what is readable and carry on in the copy.</source>
      <translation>未作任何改动。请将可读部分另存副本，并在副本中继续。</translation>
    </message>
    <message>
      <source>There is no space left where {path} lies; this step was not saved.</source>
      <translation>{path} 所在磁盘已没有空间；此步骤未保存。</translation>
    </message>
    <message>
      <source>Everything before it is safe. Make space, then do it again.</source>
      <translation>此前的一切都是安全的。请腾出空间后重做。</translation>
    </message>
    <message>
      <source>{path} may not be written to; this step was not saved.</source>
      <translation>无权写入 {path}；此步骤未保存。</translation>
    </message>
    <message>
      <source>Check the file's permissions, or save a copy somewhere else.</source>
      <translation>请检查文件权限，或在别处另存副本。</translation>
    </message>
    <message>
      <source>{path} is being used by another program; this step was not saved.</source>
      <translation>{path} 正被其他程序使用；此步骤未保存。</translation>
    </message>
    <message>
      <source>Close the other program, then do it again.</source>
      <translation>请关闭该程序后重做。</translation>
    </message>
    <message>
      <source>{path} could not be read or written; this step was not saved.</source>
      <translation>无法读写 {path}；此步骤未保存。</translation>
    </message>
    <message>
      <source>Check that the drive is connected and has space, then do it again.</source>
      <translation>请确认驱动器已连接且有空间，然后重做。</translation>
    </message>
    <message>
      <source>The folder of {project} cannot be written to: {reason}.</source>
      <translation>无法写入 {project} 所在文件夹：{reason}。</translation>
    </message>
    <message>
      <source>Copy the project to a folder of your own and open it there.</source>
      <translation>请将项目复制到您自己的文件夹并在那里打开。</translation>
    </message>
    <message>
      <source>{name} is already open{owner}.</source>
      <translation>{name} 已{owner}打开。</translation>
    </message>
    <message>
      <source>Use that window, or close it and try again.</source>
      <translation>请使用那个窗口，或关闭后再试。</translation>
    </message>
    <message>
      <source>{name} is being opened elsewhere.</source>
      <translation>{name} 正在别处打开。</translation>
    </message>
    <message>
      <source>Try again in a moment.</source>
      <translation>请稍候再试。</translation>
    </message>
    <message>
      <source> by {author} on {host}</source>
      <translation>由 {author} 在 {host} 上</translation>
    </message>
    <message>
      <source>somebody</source>
      <translation>某人</translation>
    </message>
    <message>
      <source> in another window</source>
      <translation>在另一窗口中</translation>
    </message>
    <message>
      <source>A project cannot be copied onto itself.</source>
      <translation>项目不能复制到自身。</translation>
    </message>
    <message>
      <source>Choose another name.</source>
      <translation>请选择其他名称。</translation>
    </message>
    <message>
      <source>{path} exists already.</source>
      <translation>{path} 已存在。</translation>
    </message>
    <message>
      <source>Open it, or choose another name.</source>
      <translation>请打开它，或选择其他名称。</translation>
    </message>
    <message>
      <source>{name} was written by a newer version of SAM 3 Annotator (project version {version}, this program knows {known}).</source>
      <translation>{name} 由较新版本的 SAM 3 Annotator 写成（项目版本 {version}，本程序支持到 {known}）。</translation>
    </message>
    <message>
      <source>Nothing was changed. Update the program, or ask for an export from the newer one.</source>
      <translation>未作任何改动。请更新程序，或请对方从较新版本导出。</translation>
    </message>
    <message>
      <source>it has no version</source>
      <translation>没有版本号</translation>
    </message>
    <message>
      <source>The copy {target} could not be written: {reason}.</source>
      <translation>无法写入副本 {target}：{reason}。</translation>
    </message>
    <message>
      <source>Choose another place, or make space.</source>
      <translation>请选择其他位置，或腾出空间。</translation>
    </message>
    <message>
      <source>{path} could not be copied to {target}: {reason}.</source>
      <translation>无法将 {path} 复制到 {target}：{reason}。</translation>
    </message>
    <message>
      <source>A mask is missing from the project {name}.</source>
      <translation>项目 {name} 中缺少一个掩码。</translation>
    </message>
    <message>
      <source>{target} exists already.</source>
      <translation>{target} 已存在。</translation>
    </message>
    <message>
      <source>Nothing of {name} can be read any more.</source>
      <translation>{name} 已完全无法读取。</translation>
    </message>
    <message>
      <source>Take a backup, or a copy from another machine.</source>
      <translation>请使用备份，或另一台机器上的副本。</translation>
    </message>
    <message>
      <source>Import {name}</source>
      <translation>导入 {name}</translation>
    </message>
    <message>
      <source>Add pictures</source>
      <translation>添加图片</translation>
    </message>
    <message>
      <source>Find “{phrase}” everywhere</source>
      <translation>在所有图片中查找“{phrase}”</translation>
    </message>
    <message>
      <source>Accept 1 candidate</source>
      <translation>接受 1 个候选</translation>
    </message>
    <message>
      <source>Accept {count} candidates</source>
      <translation>接受 {count} 个候选</translation>
    </message>
    <message>
      <source>Click</source>
      <translation>点击</translation>
    </message>
    <message>
      <source>Box</source>
      <translation>框</translation>
    </message>
    <message>
      <source>Erase</source>
      <translation>擦除</translation>
    </message>
    <message>
      <source>Brush</source>
      <translation>画笔</translation>
    </message>
    <message>
      <source>Polygon</source>
      <translation>多边形</translation>
    </message>
    <message>
      <source>Lasso</source>
      <translation>套索</translation>
    </message>
    <message>
      <source>Fill</source>
      <translation>填充</translation>
    </message>
    <message>
      <source>Shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>Edit outline</source>
      <translation>编辑轮廓</translation>
    </message>
    <message>
      <source>Split</source>
      <translation>切分</translation>
    </message>
    <message>
      <source>New object by click</source>
      <translation>点击新建对象</translation>
    </message>
    <message>
      <source>New object by box</source>
      <translation>画框新建对象</translation>
    </message>
    <message>
      <source>New object by brush</source>
      <translation>画笔新建对象</translation>
    </message>
    <message>
      <source>New object by polygon</source>
      <translation>多边形新建对象</translation>
    </message>
    <message>
      <source>New object by lasso</source>
      <translation>套索新建对象</translation>
    </message>
    <message>
      <source>New object by fill</source>
      <translation>填充新建对象</translation>
    </message>
    <message>
      <source>New object</source>
      <translation>新建对象</translation>
    </message>
    <message>
      <source>Fill holes</source>
      <translation>填充孔洞</translation>
    </message>
    <message>
      <source>Drop islands</source>
      <translation>去除孤岛</translation>
    </message>
    <message>
      <source>Keep largest piece</source>
      <translation>保留最大的一块</translation>
    </message>
    <message>
      <source>Smooth</source>
      <translation>平滑</translation>
    </message>
    <message>
      <source>Grow</source>
      <translation>扩大</translation>
    </message>
    <message>
      <source>Shrink</source>
      <translation>缩小</translation>
    </message>
    <message>
      <source>Unite</source>
      <translation>合并</translation>
    </message>
    <message>
      <source>Subtract</source>
      <translation>相减</translation>
    </message>
    <message>
      <source>Intersect</source>
      <translation>相交</translation>
    </message>
    <message>
      <source>Paste</source>
      <translation>粘贴</translation>
    </message>
    <message>
      <source>{path} is now {width} x {height} pixels; the project knows it as {known_width} x {known_height}.</source>
      <translation>{path} 现在为 {width} x {height} 像素；项目中记录为 {known_width} x {known_height}。</translation>
    </message>
    <message>
      <source>Put the original file back: the masks belong to it.</source>
      <translation>请放回原来的文件：掩码属于它。</translation>
    </message>
    <message>
      <source>{some}, {one}</source>
      <translation>{some}、{one}</translation>
    </message>
    <message>
      <source>No example lies in the range that is searched; give one there.</source>
      <translation>查找范围内没有示例；请在其中给出一个。</translation>
    </message>
    <message>
      <source>Type what to find, or draw an example box around one.</source>
      <translation>请输入要查找的内容，或在其中一个周围画示例框。</translation>
    </message>
    <message>
      <source>A frame has only examples of what is not meant. Draw one of what is meant beside them, or type a phrase.</source>
      <translation>某一帧上只有反示例。请在旁边画一个正示例，或输入文字。</translation>
    </message>
    <message>
      <source>A search goes forward, backward or both ways.</source>
      <translation>查找可以向前、向后或双向进行。</translation>
    </message>
    <message>
      <source>No stopped search to take up.</source>
      <translation>没有可继续的已停止查找。</translation>
    </message>
    <message>
      <source>A search through a clip is in progress. Cancel it first, or wait.</source>
      <translation>正在视频中查找。请先取消或等待。</translation>
    </message>
    <message>
      <source>The loaded model cannot find and track a phrase through a clip.</source>
      <translation>已加载的模型不能在视频中按文字查找并跟踪。</translation>
    </message>
    <message>
      <source>Find alike</source>
      <translation>查找类似的</translation>
    </message>
    <message>
      <source>Find “{phrase}” in the clip</source>
      <translation>在视频中查找“{phrase}”</translation>
    </message>
    <message>
      <source>Open a picture first.</source>
      <translation>请先打开图片。</translation>
    </message>
    <message>
      <source>There is nothing to undo.</source>
      <translation>没有可撤销的操作。</translation>
    </message>
    <message>
      <source>There is nothing to redo.</source>
      <translation>没有可重做的操作。</translation>
    </message>
    <message>
      <source>This step is no longer in the history.</source>
      <translation>此步骤已不在历史记录中。</translation>
    </message>
    <message>
      <source>Left out: one mask that a reviewer rejected.</source>
      <translation>已略去：1 个被审核者拒绝的掩码。</translation>
    </message>
    <message>
      <source>Left out: {count} masks that reviewers rejected.</source>
      <translation>已略去：{count} 个被审核者拒绝的掩码。</translation>
    </message>
    <message>
      <source>Nothing is left of one object.</source>
      <translation>有 1 个对象因此完全略去。</translation>
    </message>
    <message>
      <source>Nothing is left of {count} objects.</source>
      <translation>有 {count} 个对象因此完全略去。</translation>
    </message>
    <message>
      <source>Left out: one object that lies under others of a category without overlaps.</source>
      <translation>已略去：1 个对象，它被同一不允许重叠的类别中的其他对象盖住。</translation>
    </message>
    <message>
      <source>Left out: {count} objects that lie under others of a category without overlaps.</source>
      <translation>已略去：{count} 个对象，它们被同一不允许重叠的类别中的其他对象盖住。</translation>
    </message>
    <message>
      <source>Propagate forward</source>
      <translation>向前传播</translation>
    </message>
    <message>
      <source>Propagate backward</source>
      <translation>向后传播</translation>
    </message>
    <message>
      <source>Propagate both</source>
      <translation>双向传播</translation>
    </message>
    <message>
      <source>Propagate between</source>
      <translation>人工帧之间传播</translation>
    </message>
    <message>
      <source>No stopped run to take up.</source>
      <translation>没有可继续的已停止运行。</translation>
    </message>
    <message>
      <source>Propagate on</source>
      <translation>继续传播</translation>
    </message>
    <message>
      <source>A run is in progress. Cancel it first, or wait.</source>
      <translation>正在运行。请先取消或等待。</translation>
    </message>
    <message>
      <source>No model is loaded yet.</source>
      <translation>尚未加载模型。</translation>
    </message>
    <message>
      <source>No two objects seem to have changed places here.</source>
      <translation>这里似乎没有两个对象互换过位置。</translation>
    </message>
    <message>
      <source>Select the objects to propagate first.</source>
      <translation>请先选择要传播的对象。</translation>
    </message>
    <message>
      <source>Between needs a human frame before and after this one, with frames in between.</source>
      <translation>“之间”需要本帧前后各有一个人工帧，且其间有帧。</translation>
    </message>
    <message>
      <source>Give the object a mask on this frame first: click it, box it or draw it.</source>
      <translation>请先在本帧给对象一个掩码：点击、画框或绘制。</translation>
    </message>
    <message>
      <source>There is nothing to compute: this frame ends the run.</source>
      <translation>没有可计算的内容：运行在本帧结束。</translation>
    </message>
    <message>
      <source>There is nothing to compute: a shot cut, or a human or accepted frame, ends the run.</source>
      <translation>没有可计算的内容：镜头切换处，或人工帧、已接受的帧，终止了运行。</translation>
    </message>
    <message>
      <source>A search over all pictures is running already.</source>
      <translation>已在所有图片中查找。</translation>
    </message>
    <message>
      <source>Type what to find first.</source>
      <translation>请先输入要查找的内容。</translation>
    </message>
    <message>
      <source>Interpolation needs two human frames with frames between them.</source>
      <translation>插值需要两个人工帧，且其间有帧。</translation>
    </message>
    <message>
      <source>Interpolate</source>
      <translation>插值</translation>
    </message>
    <message>
      <source>There are no masks of a model here that could be smoothed.</source>
      <translation>这里没有可平滑的模型掩码。</translation>
    </message>
    <message>
      <source>Smooth over time</source>
      <translation>沿时间平滑</translation>
    </message>
    <message>
      <source>The object has no mask on these frames.</source>
      <translation>对象在这些帧上没有掩码。</translation>
    </message>
    <message>
      <source>Erase on a range</source>
      <translation>在范围内擦除</translation>
    </message>
    <message>
      <source>Brush on a range</source>
      <translation>在范围内涂刷</translation>
    </message>
  </context>
  <context>
    <name>WorkDesk</name>
    <message>
      <source>{n} s left</source>
      <translation>剩余 {n} 秒</translation>
    </message>
    <message>
      <source>{n} min left</source>
      <translation>剩余 {n} 分钟</translation>
    </message>
    <message>
      <source>{n} h left</source>
      <translation>剩余 {n} 小时</translation>
    </message>
    <message>
      <source>Stopped: {title}.</source>
      <translation>已停止：{title}。</translation>
    </message>
  </context>
  <context>
    <name>WorkReportDialog</name>
    <message>
      <source>Work report</source>
      <translation>工作报告</translation>
    </message>
    <message>
      <source>Time counts while traces of a person follow each other within two minutes.</source>
      <translation>某人的操作间隔不超过两分钟时计时。</translation>
    </message>
    <message>
      <source>Save CSV…</source>
      <translation>保存 CSV…</translation>
    </message>
    <message>
      <source>Person</source>
      <translation>人员</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>Human frames</source>
      <translation>人工帧</translation>
    </message>
    <message>
      <source>s / frame</source>
      <translation>秒/帧</translation>
    </message>
    <message>
      <source>Objects</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>Clicks / object</source>
      <translation>点击/对象</translation>
    </message>
    <message>
      <source>Good</source>
      <translation>正确</translation>
    </message>
    <message>
      <source>Rejected</source>
      <translation>已拒绝</translation>
    </message>
    <message>
      <source>To fix</source>
      <translation>待修正</translation>
    </message>
    <message>
      <source>s / verdict</source>
      <translation>秒/判断</translation>
    </message>
    <message>
      <source>All</source>
      <translation>全部</translation>
    </message>
    <message>
      <source>Work of each person</source>
      <translation>各人的工作</translation>
    </message>
    <message>
      <source>WHO MADE THE MASKS</source>
      <translation>掩码的来源</translation>
    </message>
    <message>
      <source>SECONDS FOR A HUMAN FRAME</source>
      <translation>每个人工帧的秒数</translation>
    </message>
    <message>
      <source>HUMAN FRAMES BY DAY</source>
      <translation>每日人工帧</translation>
    </message>
    <message>
      <source>{hours}:{minutes:02d} h</source>
      <translation>{hours}:{minutes:02d} 时</translation>
    </message>
    <message>
      <source>{minutes}:{seconds:02d} min</source>
      <translation>{minutes}:{seconds:02d} 分</translation>
    </message>
  </context>
  <context>
    <name>Workspace</name>
    <message>
      <source>Open pictures or a project first.</source>
      <translation>请先打开图片或项目。</translation>
    </message>
  </context>
</TS>
