# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Sentences of ordinary ads and scenes in which a guard has nothing to say: false alarms are found here first."""

COPY = """Evenings taste better slow.
Twelve bottles of first light, at your door.
Cold-brewed overnight, never sweetened.
20% off until Sunday
Best before the end of March.
Do your best work from anywhere.
The best things in life are shared.
Fresh apples, picked this morning.
An apple a day, baked in butter.
Orange, mango and a pinch of salt.
Shell pasta with sage butter.
Our target is simple: less waste.
Mind the gap between the seasons.
A visa-free weekend by the sea.
Made for small windows and big plants.
Zoom out for a moment.
A galaxy of little lights.
Curing salt and smoked paprika.
Cure your boredom with a new puzzle.
The cured ham of the valley.
A healthy respect for old wood.
Take a digital detox in the hills.
Treat yourself to a slow breakfast.
Vote for your favourite flavour.
Elect to stay in tonight.
The guarantee card is in the box.
Two-year guarantee.
Free delivery from 40 euros
Naked oak, oiled by hand.
Nude lipstick in six tones.
Killer heels, soft soles.
Shoot your next film on paper.
A shot of espresso.
Weeding the garden, the easy way.
Crack open a good book.
Heroine of her own story.
Smoke-grey wool.
Alcohol-free, with a bitter note.
Wine-red velvet.
Ginger beer bread
Swift delivery by tram.
Taylor-made? No: tailor-made.
Drake Street, second floor.
A prince of a pear.
Mini cakes for many guests.
Tide tables and tea times.
Always open, always warm.
Guess who is baking.
A boss of a burger.
Meta-analysis of a good nap.
Monster portions for small money.
Polo shirts in organic cotton.
Fossil-free since last year.
Ford the river, find the inn.
Party of six? We have a table.
The green party dress.
Republic of gardeners
Nike of Samothrace? No: hike to Samothrace.
Number one: wash. Number two: dry.
Room no. 12 has a view.
He is one in a million.
Unsere Suppe wärmt gut.
Alles über Ebbe und Flut.
Den Deckel abnehmen und genießen.
Nummer eins: waschen.
Een groot glas water.
Una vespa sul fiore.
La noche es honda y clara.
Zara baked a cake.
Two Michelin stars, one table.
Sausages on the barbie.
Gut gegen Fernweh: ein Zelt.
Beste Grüße aus dem Garten.
Heilbronn liegt am Neckar.
Krebse fangen im Sommer.
Für den besten Freund.
Das gesunde Mittelmaß der Dinge.
Le meilleur ami du petit-déjeuner.
Guère plus cher qu'un café.
Sin azúcar, sin prisa.
La cura del jamón dura un año.
Cura di sé, un profumo alla volta.
Более мягкий вечер.
Рак на гриле с укропом.
مساء هادئ بطعم البرتقال.
شاي بلا سكر مضاف
ערב רגוע עם תה
静かな夜に、一杯のお茶。
がんばる朝のコーヒー
日本の一杯
慢慢喝的茶
第一次见面送花
느린 저녁의 차
หอมกลิ่นชา
शाम की चाय
Yavaş akşamlar
""".splitlines()

SCENES = """layered hills with a low sun
silk folds in a studio
a red apple on a wooden table
a King Charles spaniel on a sofa
a tesla coil in a museum
труппа театра на сцене
a jaguar resting on a branch in the rainforest
a puma walks along a ridge
orange slices fall into water
shells on a beach
a galaxy of bokeh lights
clouds drifting over mountains
water pours, steam rises and light moves
the road zooms past a window of a train
a pan on a stove
tilted glasses on a tray
an old crane above the harbour
a crane standing in shallow water
a dolly on a shelf
a knife cuts bread in the style of a slow film
in the style of Art Deco posters
in the style of Van Gogh
a mouse made of felt
a bat over a lake
a sword lily
a super market at dawn
a hobby horse in a barn
toasted bread with butter
rain on neon signs
abstract shapes in navy and gold
a bottle on black marble, sunbeams
a phone on a desk, soft light
a watch with a leather strap
white running shoes on wet asphalt
a castle on a hill
paper-cut mountains
a small car on a coastal road
a cold glass with bubbles
campfire smoke at dusk
chalk drawings on a wall
ein Apfel auf dem Tisch
un chat sur un balcon
нежное море на рассвете
海上的日出
夕暮れの海
""".splitlines()
