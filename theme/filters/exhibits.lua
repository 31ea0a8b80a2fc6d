-- Cross-references and exhibits, the same in Quarto (`at: pre-ast`) and in plain Pandoc.
--
-- 1. `@fig-16`, `@tbl-v1`, `@sec-tid` become links that carry the source's own numbers. Where a target lies is
--    found by reading the book's chapters; one that is nowhere stays visible and is told on stderr.
-- 2. The code of a cell comes after its outputs.
-- 3. `.exhibit` becomes a figure with its alternative text, narrow picture, note and folded numbers; every HTML
--    table gets scoped headers and a scroll region of its own.
--
-- Plain Pandoc passes `book-root` (folder of the book), `book-page` (the source file in it) and, for one document
-- of all chapters, wraps each chapter in `::: {.book-chapter page=…}`. Quarto tells the same through `quarto`.

local in_quarto = quarto ~= nil
local html = FORMAT:match("html") ~= nil
-- In Quarto its own Typst writer handles a plain figure; ours needs the alternative text written out.
local typst = FORMAT == "typst" and not in_quarto

local root, page -- folder of the book; source file being rendered, relative to it
local targets -- id -> {page=, title=, chapter=true when the id names the chapter itself}
local pages -- source file -> id of its title, "" when the author gave none

local function read(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local text = file:read("a")
  file:close()
  return text
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

local function raw_html(text)
  return pandoc.RawBlock("html", text)
end

local function raw_typst(text)
  return pandoc.RawBlock("typst", text)
end

local function escaped(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function quoted_typst(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("%s+", " ") .. '"'
end

local function plain_title(inlines)
  return pandoc.utils.stringify(inlines)
end

-- Paths -------------------------------------------------------------------------------------------------------

local function folder_of(path)
  return path:match("^(.*)/[^/]*$") or ""
end

-- "chapters" and "../figures/a.svg" give "figures/a.svg"
local function joined(folder, path)
  local parts = {}
  for part in (path:sub(1, 1) == "/" and path or folder .. "/" .. path):gmatch("[^/]+") do
    if part == ".." then
      table.remove(parts)
    elseif part ~= "." then
      table.insert(parts, part)
    end
  end
  return table.concat(parts, "/")
end

local function as_html(source)
  return (source:gsub("%.%w+$", ".html"))
end

local function relative(from, to)
  local up = select(2, folder_of(from):gsub("[^/]+", ""))
  if folder_of(from) == folder_of(to) then
    return to:match("[^/]*$")
  end
  return ("../"):rep(up) .. to
end

-- The targets of the book -------------------------------------------------------------------------------------

local function notebook_text(text)
  local ok, notebook = pcall(pandoc.json.decode, text, false)
  if not ok or type(notebook) ~= "table" or type(notebook.cells) ~= "table" then
    return ""
  end
  local parts = {}
  local function add(source)
    table.insert(parts, type(source) == "table" and table.concat(source) or tostring(source or ""))
  end
  for _, cell in ipairs(notebook.cells) do
    add(cell.source)
    for _, output in ipairs(cell.outputs or {}) do
      if output.data and output.data["text/markdown"] then
        add(output.data["text/markdown"])
      end
    end
  end
  return table.concat(parts, "\n")
end

local function without_attributes(title)
  local id = title:match("{[^}]*#(sec%-[%w_-]+)[^}]*}%s*$")
  return title:gsub("%s*{[^}]*}%s*$", ""), id
end

local function unquoted(value)
  value = value:gsub("%s+$", "")
  return value:match('^"(.*)"$') or value:match("^'(.*)'$") or value
end

local function scan(source, text)
  local function found(id, title, chapter)
    if not targets[id] then
      targets[id] = { page = source, title = title, chapter = chapter }
    end
  end
  local front = text:match("^%s*%-%-%-\n(.-)\n%-%-%-")
  local written = front and front:match("^title:%s*([^\n]+)") or front and front:match("\ntitle:%s*([^\n]+)")
  local title, id
  if written then
    title, id = without_attributes(unquoted(written))
  end
  local fence
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    local ticks = line:match("^%s*(```+)")
    if ticks then
      if not fence then
        fence = ticks
      elseif #ticks >= #fence then
        fence = nil
      end
    end
    local missing = line:match("^<!%-%- not asked: ([%w-]+) %-%->")
    if missing then
      targets[missing] = { page = source, not_asked = true }
    end
    local label = line:match("^#|%s*label:%s*[\"']?([%w_-]+)")
    if label then
      found(label)
    end
    for attributes in line:gmatch("{([^{}]*)}") do
      local anchor = attributes:match("#(figur%-[%w_-]+)") or attributes:match("#(tabell%-[%w_-]+)")
      if anchor then
        found(anchor)
        targets[anchor].not_asked = targets[anchor].not_asked or attributes:match("%.not%-asked") ~= nil
      end
    end
    local marks, heading = line:match("^(#+)%s+(.+)$")
    if marks and not fence then
      local name, anchor = without_attributes(heading)
      -- what a heading computes is not known from its source alone
      name = name:gsub("`{python}[^`]*`", "…")
      if #marks == 1 and not title then
        title, id = name, anchor
      elseif anchor then
        found(anchor, name)
      end
    end
  end
  if id then
    targets[id] = { page = source, title = title, chapter = true }
  end
  pages[source] = id or ""
end

local function scan_book()
  targets, pages = {}, {}
  -- A staged book has outlines of its chapters (press/stage.py): the lines that this scan needs, under the same names.
  local outlined = root .. "/_outline"
  local has_outlines = pcall(pandoc.system.list_directory, outlined)
  local function scan_folder(folder, wanted)
    local home = has_outlines and folder ~= "_absent" and outlined or root
    local path = folder == "" and home or home .. "/" .. folder
    local ok, names = pcall(pandoc.system.list_directory, path)
    if not ok then
      return
    end
    table.sort(names)
    for _, name in ipairs(names) do
      local stem, extension = name:match("^(.+)%.(%w+)$")
      if (extension == "qmd" or extension == "ipynb") and wanted(stem) then
        local source = folder == "" and name or folder .. "/" .. name
        local text = read(home .. "/" .. source) or ""
        scan(source, extension == "ipynb" and home == root and notebook_text(text) or text)
      end
    end
  end
  scan_folder("", function(stem)
    return stem == "index" or stem == "report"
  end)
  local function all()
    return true
  end
  scan_folder("chapters", all)
  -- what only chapters that this edition is without would define: named, not linked
  scan_folder("_absent", all)
  -- report.qmd is only ever included by the front page, so what it holds lies there
  local front = exists(root .. "/index.ipynb") and "index.ipynb" or "index.qmd"
  for _, target in pairs(targets) do
    if target.page:match("^report%.") then
      target.page = front
    end
  end
end

-- Cross-references --------------------------------------------------------------------------------------------

local function inlines_of(markdown)
  local blocks = pandoc.read(markdown, "markdown").blocks
  return pandoc.utils.blocks_to_inlines(blocks)
end

local function href(target_page, hash)
  local anchor = hash and "#" .. hash or ""
  if not html then
    local named = pages[target_page]
    return hash and anchor
      or "#" .. (named ~= "" and named or target_page:gsub("%.%w+$", ""):gsub("[^%w]+", "-"))
  elseif target_page == page and hash then
    return anchor
  elseif in_quarto then
    return "/" .. target_page .. anchor
  end
  return relative(page or "", as_html(target_page)) .. anchor
end

local kinds = { fig = { "figur", "Figur" }, tbl = { "tabell", "Tabell" } }

local function number_of(name)
  local annex = name:match("^vedlegg%-(%d+)$")
  if annex then
    return annex
  end
  local letters, rest = name:match("^(%a*)(.*)$")
  return letters:upper() .. rest
end

local function chapter_words(title, capital)
  local word, number = title:match("^(Vedlegg) (%w+)")
  if not number then
    word, number = "Kapittel", title:match("^(%d+)[%s.]")
  end
  local words = number and word .. " " .. number or "Kapittelet «" .. title .. "»"
  return capital and words or words:sub(1, 1):lower() .. words:sub(2)
end

-- The link of one reference, or nil when the citation is not a cross-reference.
local function reference(citation)
  local prefix, name = citation.id:match("^(%a+)%-(.+)$")
  local kind = prefix and kinds[prefix:lower()]
  if not kind and (not prefix or prefix:lower() ~= "sec") then
    return nil
  end
  local id = kind and kind[1] .. "-" .. name or "sec-" .. name
  local target = targets[id]
  if not target then
    io.stderr:write("[WARNING] unknown cross-reference: " .. citation.id .. "\n")
    return pandoc.Strong({ pandoc.Str("[ukjent kryssreferanse: " .. citation.id .. "]") })
  end
  local bare = citation.mode == "SuppressAuthor"
  local text
  if kind then
    local word = name:match("^vedlegg%-") and "Vedleggs" .. kind[1] or kind[2]
    text = { pandoc.Str((bare and "" or word .. "\u{a0}") .. number_of(name)) }
  elseif target.chapter then
    local words = chapter_words(plain_title(inlines_of(target.title)), prefix == "Sec")
    text = { pandoc.Str(bare and words:match("%s(%w+)$") or words:gsub(" (%w+)$", "\u{a0}%1")) }
  else
    text = inlines_of(target.title)
    table.insert(text, 1, pandoc.Str("«"))
    table.insert(text, pandoc.Str("»"))
    if not bare then
      table.insert(text, 1, pandoc.Space())
      table.insert(text, 1, pandoc.Str(prefix == "Sec" and "Avsnittet" or "avsnittet"))
    end
  end
  if target.page:match("^_absent/") then
    return pandoc.Span(text, { class = "crossref-absent" })
  end
  -- a chapter's own id is the page itself, except where all chapters are one document
  local hash = not (target.chapter and html) and id or nil
  return pandoc.Link(text, href(target.page, hash), "", { class = "crossref" })
end

local function Cite(cite)
  local parts, others, any = {}, pandoc.List(), false
  local function flush()
    if #others > 0 then
      table.insert(parts, { pandoc.Cite({ pandoc.Str("[…]") }, others) })
      others = pandoc.List()
    end
  end
  for _, citation in ipairs(cite.citations) do
    local link = reference(citation)
    if link then
      any = true
      flush()
      local part = pandoc.List(citation.prefix)
      if #part > 0 then
        part:insert(pandoc.Space())
      end
      part:insert(link)
      part:extend(citation.suffix)
      table.insert(parts, part)
    else
      others:insert(citation)
    end
  end
  if not any then
    return nil
  end
  flush()
  local result = pandoc.Inlines({})
  for i, part in ipairs(parts) do
    if i > 1 then
      result:insert(i == #parts and pandoc.Space() or pandoc.Str(","))
      if i == #parts then
        result:insert(pandoc.Str("og"))
      end
      result:insert(pandoc.Space())
    end
    result:extend(part)
  end
  return result
end

-- Links an author wrote to another chapter's source file.
local function Link(link)
  local path, hash = link.target:match("^([^#:]+%.%w+)#?([^#]*)$")
  local stem = path and (path:match("^(.+)%.qmd$") or path:match("^(.+)%.ipynb$"))
  if stem then
    local inside = joined(folder_of(page or ""), stem)
    for _, extension in ipairs({ ".ipynb", ".qmd" }) do
      if pages[inside .. extension] then
        link.target = href(inside .. extension, hash ~= "" and hash or nil)
        return link
      end
    end
  elseif typst and not link.target:match("^#") and not link.target:match("^%a+:") then
    return link.content -- a file beside the pages is not in the PDF
  end
end

-- Tables ------------------------------------------------------------------------------------------------------

local function first_cells_filled(body)
  for _, row in ipairs(body.body) do
    if not row.cells[1] or #row.cells[1].contents == 0 or row.cells[1].col_span > 1 then
      return false
    end
  end
  return #body.body > 0 and body.body[1].cells[2] ~= nil
end

-- Regions that a screen reader lists must have names of their own.
local table_count = 0

local function Table(tbl)
  if not html then
    return tbl
  end
  -- a browser finds better widths than the dashes of a pipe table; print needs them, see press/made and ledger/pages.py
  tbl.colspecs = tbl.colspecs:map(function(spec)
    return { spec[1], nil }
  end)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      if #cell.contents > 0 then
        cell.attr.attributes.scope = cell.col_span > 1 and "colgroup" or "col"
      else
        -- A head over the rows' names needs none for the eye; a screen reader is told what stands below it.
        cell.contents = { raw_html('<span class="only-heard">Rad</span>') }
      end
    end
  end
  for _, body in ipairs(tbl.bodies) do
    if first_cells_filled(body) then
      body.row_head_columns = 1
      for _, row in ipairs(body.body) do
        row.cells[1].attr.attributes.scope = "row"
      end
    end
  end
  table_count = table_count + 1
  return pandoc.Div({ tbl }, pandoc.Attr("", { "table-scroll" }, {
    { "tabindex", "0" },
    { "role", "region" },
    { "aria-label", "Tabell nr. " .. table_count .. " på siden" },
  }))
end

-- Exhibits ----------------------------------------------------------------------------------------------------

local function is_div(block, class)
  return block.t == "Div" and block.classes:includes(class)
end

-- The size an SVG says it has, so that the page keeps its place while pictures load.
local function size_attributes(source)
  local text = read(root .. "/" .. joined(folder_of(page or ""), source))
  local width, height = (text or ""):match('<svg[^>]-viewBox="[%d.-]+[ ,]+[%d.-]+[ ,]+([%d.]+)[ ,]+([%d.]+)"')
  if not width then
    return ""
  end
  return string.format(' width="%.0f" height="%.0f"', tonumber(width) * 4 / 3, tonumber(height) * 4 / 3)
end

local function alternative_text(image)
  return image.attributes["fig-alt"] or image.attributes.alt or plain_title(image.caption)
end

local function html_picture(image)
  local narrow = image.attributes.narrow
  local source = narrow
      and string.format(
        '<source media="(max-width: 600px)" srcset="%s"%s>',
        escaped(narrow),
        size_attributes(narrow)
      )
    or ""
  return raw_html(
    string.format(
      '<picture class="exhibit-picture">%s<img src="%s" alt="%s" loading="lazy"%s></picture>',
      source,
      escaped(image.src),
      escaped(alternative_text(image)),
      size_attributes(image.src)
    )
  )
end

local function caption_inlines(caption)
  return pandoc.utils.blocks_to_inlines(caption.long)
end

local function html_exhibit(div)
  local id = div.identifier
  local blocks = pandoc.List({ raw_html('<figure id="' .. escaped(id) .. '" class="exhibit">') })
  local function add_caption(inlines)
    if #inlines > 0 then
      blocks:insert(raw_html('<figcaption id="' .. escaped(id) .. '-tittel">'))
      blocks:insert(pandoc.Plain(inlines))
      blocks:insert(raw_html("</figcaption>"))
    end
  end
  local shown = false -- the exhibit itself; the tables after it are the folded numbers
  for _, block in ipairs(div.content) do
    if block.t == "Figure" then
      shown = true
      add_caption(caption_inlines(block.caption))
      block:walk({
        Image = function(image)
          blocks:insert(html_picture(image))
        end,
      })
    elseif is_div(block, "table-scroll") and not shown then
      shown = true
      local tbl = block.content[1]
      add_caption(caption_inlines(tbl.caption))
      tbl.caption = { long = {} }
      block.attributes["aria-label"] = nil
      block.attributes["aria-labelledby"] = id .. "-tittel"
      blocks:insert(block)
    elseif is_div(block, "table-scroll") then
      block.attributes["aria-label"] = "Tallene bak " .. id:gsub("%-", " ")
      blocks:insert(block)
    elseif is_div(block, "exhibit-caption") then
      shown = true
      add_caption(pandoc.utils.blocks_to_inlines(block.content))
    elseif is_div(block, "exhibit-table") then
      block.classes = { "table-scroll" }
      -- A list keeps its order; a table's keys come in any, and two builds would not be the same bytes.
      block.attributes = { { "tabindex", "0" }, { "role", "region" }, { "aria-labelledby", id .. "-tittel" } }
      blocks:insert(block)
    else
      blocks:insert(block)
    end
  end
  blocks:insert(raw_html("</figure>"))
  return blocks
end

-- Exhibits stay on one page, except tables that would not fit on it.
local longest_table = 24

local function row_count(tbl)
  local count = 0
  for _, body in ipairs(tbl.bodies) do
    count = count + #body.body
  end
  return count
end

local function typst_exhibit(div)
  local together, labelled = true, false
  local blocks = pandoc.List()
  local title = pandoc.Inlines({})
  for _, block in ipairs(div.content) do
    if block.t == "Figure" then
      labelled = true
      local image
      block:walk({
        Image = function(found)
          image = found
        end,
      })
      local caption = pandoc.Inlines({
        pandoc.RawInline(
          "typst",
          string.format(
            '#figure(picture(%s, %s), kind: "figur", supplement: none, numbering: none, caption: [',
            quoted_typst("/" .. joined(folder_of(page or ""), image.src)),
            quoted_typst(alternative_text(image))
          )
        ),
      })
      caption:extend(caption_inlines(block.caption))
      caption:insert(pandoc.RawInline("typst", "])<" .. div.identifier .. ">"))
      blocks:insert(pandoc.Plain(caption))
    elseif is_div(block, "exhibit-caption") then
      title = pandoc.utils.blocks_to_inlines(block.content)
    elseif is_div(block, "exhibit-table") then
      labelled, together = true, false
      for _, code in ipairs(block.content) do
        if code.t == "RawBlock" and code.format == "typst" then
          local caption = pandoc.Inlines({ pandoc.RawInline("typst",
            "#figure(" .. code.text:gsub("^#", "") .. ", kind: table, supplement: none, numbering: none, caption: [") })
          caption:extend(title)
          caption:insert(pandoc.RawInline("typst", "])<" .. div.identifier .. ">"))
          blocks:insert(pandoc.Plain(caption))
        end
      end
    else
      together = together and not (block.t == "Table" and row_count(block) > longest_table)
      blocks:insert(block)
    end
  end
  blocks:insert(1, raw_typst(together and "#together[" or "#room(5cm)\n#block["))
  blocks:insert(raw_typst(labelled and "]" or "] <" .. div.identifier .. ">"))
  return blocks
end

-- Elsewhere (Quarto's other formats) the figure stays a plain Pandoc figure, under the exhibit's id.
local function plain_exhibit(div)
  for _, block in ipairs(div.content) do
    if block.t == "Figure" then
      block.identifier = div.identifier
      div.identifier = ""
      block.content = block.content:walk({
        Image = function(image)
          image.attributes.narrow = nil
          return image
        end,
      })
      break
    end
  end
  return div
end

local function numbers(div)
  if not html then
    return {}
  end
  local summary = escaped(div.attributes.title or "Vis tallene")
  local id = div.identifier ~= "" and ' id="' .. escaped(div.identifier) .. '"' or ""
  local blocks = pandoc.List({
    raw_html("<details" .. id .. ' class="exhibit-numbers"><summary>' .. summary .. "</summary>"),
  })
  for _, block in ipairs(div.content) do
    blocks:insert(block)
  end
  blocks:insert(raw_html("</details>"))
  return blocks
end

local function note(div)
  if not typst then
    return nil
  end
  local blocks = pandoc.List({ raw_typst("#exhibit-note[") })
  blocks:extend(div.content)
  blocks:insert(raw_typst("]"))
  return blocks
end

-- Outputs first, then the code that made them.
local function cell(div)
  local outputs, code = pandoc.List(), pandoc.List()
  for _, block in ipairs(div.content) do
    local is_code = block.t == "CodeBlock" and block.classes:includes("cell-code")
    local list = is_code and code or outputs
    list:insert(block)
  end
  outputs:extend(code)
  div.content = outputs
  return div
end

-- `::: {.key-figures}` holds `::: {.key-figure}`, each with `[76]{.key-number}` and a line of meaning: a list of cards on
-- the web, a grid in print. What an edition did not ask has left before.
local function key_figures(div)
  if html then
    return div
  end
  local blocks = pandoc.List({ raw_typst("#key-figures(") })
  if not typst then
    return div.content
  end
  for _, block in ipairs(div.content) do
    if is_div(block, "key-figure") then
      blocks:insert(raw_typst("["))
      blocks:extend(block.content)
      blocks:insert(raw_typst("],"))
    end
  end
  blocks:insert(raw_typst(")"))
  return blocks
end

local function Span(span)
  if typst and span.classes:includes("key-number") then
    local inlines = pandoc.Inlines({ pandoc.RawInline("typst", "#key-number[") })
    inlines:extend(span.content)
    inlines:insert(pandoc.RawInline("typst", "]"))
    return inlines
  end
end

local exhibit_ids = {}

-- `::: {.if-asked exhibit="figur-13 text-unit fig-30+"}`: text that means nothing where an edition did not ask for the
-- exhibits, or for the numbers that stand behind the text (engine/exhibits/numbers.py).
local function if_asked(div)
  for id in (div.attributes.exhibit or ""):gmatch("%S+") do
    local target = targets[id] or targets["tall-" .. id:gsub("%+$", "") .. "-i-teksten"]
    if target and target.not_asked then
      return {}
    end
  end
  return div.content
end

local function Div(div)
  if div.classes:includes("exhibit") then
    return (html and html_exhibit or typst and typst_exhibit or plain_exhibit)(div)
  elseif div.classes:includes("exhibit-numbers") then
    return numbers(div)
  elseif div.classes:includes("exhibit-note") then
    return note(div)
  elseif div.classes:includes("if-asked") then
    return if_asked(div)
  elseif div.classes:includes("shortcuts") and not html then
    return {} -- what lies beside the pages does not lie beside the printed book
  elseif div.classes:includes("key-figures") then
    return key_figures(div)
  end
  -- Quarto puts a cell's label on the cell as well; the id belongs to the exhibit
  if exhibit_ids[div.identifier] then
    div.identifier = ""
  end
  if div.classes:includes("cell") then
    return cell(div)
  end
  return div
end

-- What every page says of its data; our own page template prints this itself.
local function quarto_banner(meta)
  local report = meta.report
  if not (in_quarto and report) then
    return {}
  end
  local kind, title = report.data_kind, report.data_title
  for _, name in ipairs(report.register and report.register.pages or {}) do
    if plain_title(name) == (page or ""):gsub("%.%w+$", "") then
      kind, title = report.register.kind, report.register.title
    end
  end
  if plain_title(kind or "") ~= "synthetic" then
    return {}
  end
  return {
    pandoc.Div(
      { pandoc.Para({ pandoc.Strong({ pandoc.Str("Syntetiske"), pandoc.Space(), pandoc.Str("data.") }),
        pandoc.Space(), pandoc.Str("Tallene er fra oppdiktede personer som er laget for å ligne Navs tall. Ikke siter dem. "
          .. plain_title(title or "")) }) },
      pandoc.Attr("", { "data-notice" })
    ),
  }
end

local function locate(meta)
  root = meta["book-root"] and plain_title(meta["book-root"])
    or in_quarto and quarto.project and quarto.project.directory
    or pandoc.path.directory(pandoc.path.directory(pandoc.path.directory(PANDOC_SCRIPT_FILE)))
  if root == "" then
    root = "."
  end
  page = meta["book-page"] and plain_title(meta["book-page"]) or nil
  if in_quarto and quarto.doc and quarto.doc.input_file then
    page = pandoc.path.make_relative(quarto.doc.input_file, root):gsub("\\", "/")
  end
end

local function Pandoc(doc)
  locate(doc.meta)
  scan_book()
  doc.blocks:walk({
    Div = function(div)
      if div.classes:includes("exhibit") and div.identifier ~= "" then
        exhibit_ids[div.identifier] = true
      end
    end,
  })
  local steps = { Cite = Cite, Link = Link, Span = Span, Table = Table, Div = Div }
  local blocks = pandoc.Blocks({})
  for _, block in ipairs(doc.blocks) do
    if is_div(block, "book-chapter") then
      page = block.attributes.page
      block.content = block.content:walk(steps)
      blocks:insert(block)
    else
      blocks:extend(pandoc.Blocks({ block }):walk(steps))
    end
  end
  local all = pandoc.Blocks(quarto_banner(doc.meta))
  all:extend(blocks)
  doc.blocks = all
  return doc
end

return { { Pandoc = Pandoc } }
